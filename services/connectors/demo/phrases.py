"""What invented people write: short templates and the words that fill them. All of it made up."""

from random import Random
from typing import Literal

Mood = Literal["positive", "neutral", "negative"]

WORDS: dict[str, tuple[str, ...]] = {
    "sapa": ("min", "admin", "kak", "pak", "bapak ibu", "mbak", "gaes", "puarii", "bang"),
    "terima": ("makasih", "terima kasih", "trims", "matur nuwun", "tabik pun", "suwun", "mksh byk"),
    "sangat": ("banget", "bgt", "sekali", "tenan", "pisan", "poll", "bener"),
    "bagus": ("mantap", "keren", "bagus", "top", "apik", "hebat", "josss", "helau", "sip", "luar biasa"),
    "cepat": ("cepat", "sat set", "gercep", "gak ribet", "ramah", "jelas", "rapi"),
    "jelek": ("parah", "payah", "kecewa", "lambat", "ngawur", "elek", "ribet", "bikin emosi"),
    "lama": ("3 hari", "seminggu", "2 minggu", "sebulan", "dari kemarin", "dari pagi", "sudah lama"),
    "tempat": (
        "Kemiling", "Rajabasa", "Sukarame", "Metro", "Natar", "Kalianda", "Pringsewu", "Kotabumi",
        "Way Halim", "Gedong Tataan", "Liwa", "Krui", "Menggala", "Gunung Sugih", "Panjang", "Teluk Betung",
    ),
    "senang": ("👍", "👏👏", "🙏", "❤️", "🔥", "😍", "💪", "🥰", "😊", ""),
    "kesal": ("😡", "🤦", "😤", "😑", "👎", "😭", "🙄", ""),
    "tawa": ("wkwk", "wkwkwk", "hehe", "haha", "xixi", ""),
    "waktu": ("hari ini", "besok", "minggu depan", "bulan ini", "sore ini", "senin"),
}  # fmt: skip

TEMPLATES: dict[Mood, tuple[str, ...]] = {
    "positive": (
        "{bagus} {sangat} {sapa} {senang}",
        "{terima} {sapa}, {topik} sekarang {cepat} {sangat} {senang}",
        "alhamdulillah {topik} di {tempat} sudah beres, {terima} {senang}",
        "{topik} nya {bagus}, lanjutkan {sapa} {senang}",
        "pelayanannya {cepat} dan {cepat}, {bagus} {senang}",
        "nah gini dong {sapa}, {topik} jadi {cepat} {senang}",
        "wah {bagus} {sangat}, warga {tempat} ikut bangga {senang}",
        "tadi urus {topik} di {tempat}, petugasnya {cepat} {sangat} {senang}",
        "{terima} {sapa} infonya sangat membantu {senang}",
        "joss tenan {sapa}, {topik} e {bagus} {senang}",
        "semoga makin {bagus} dan berkah, aamiin {senang}",
        "sukses selalu {lembaga} {senang}",
        "helau nihan {topik} di {tempat}, {terima} {senang}",
        "salut sama petugas {topik}, {cepat} {sangat}",
        "{senang}{senang}{senang}",
    ),
    "neutral": (
        "{sapa} {topik} di {tempat} buka jam berapa ya?",
        "syarat {topik} apa aja {sapa}?",
        "izin tanya {sapa}, {topik} {waktu} ada gak?",
        "lokasinya di mana {sapa}?",
        "info {topik} untuk warga {tempat} dong {sapa}",
        "ini khusus {tempat} atau se-Lampung {sapa}?",
        "cek dm ya {sapa}",
        "{topik} daftarnya lewat online atau datang langsung?",
        "kalau {topik} bisa diwakilkan tidak {sapa}",
        "hadir {sapa} dari {tempat}",
        "@warga.{tempat_kecil} nih baca",
        "acara {topik} {waktu} jadi kan?",
        "nomor yang bisa dihubungi berapa {sapa}",
        "niku kapan di {tempat} {sapa}?",
        "kapan {topik} nang {tempat} {sapa}?",
        "mohon info jadwal {topik} {waktu}",
        "sudah saya kirim ke email warga{angka}@contoh.id ya {sapa}",
    ),
    "negative": (
        "{topik} di {tempat} kok {jelek} {sangat} {kesal}",
        "sudah {lama} lapor soal {topik} belum ada tanggapan {kesal}",
        "{jelek}, antre {topik} dari pagi gak dipanggil {kesal}",
        "kapan {topik} di {tempat} diperbaiki {sapa}? sudah {lama} {kesal}",
        "jangan cuma posting {sapa}, {topik} di {tempat} masih {jelek} {kesal}",
        "ora beres iki {topik} e, {jelek} tenan {kesal}",
        "percuma lapor, {topik} tetap {jelek} {kesal}",
        "petugas {topik} di {tempat} gak ramah, {jelek} {sangat} {kesal}",
        "janjinya {waktu}, sampai sekarang {topik} nihil {kesal}",
        "websitenya error terus mau urus {topik}, {jelek} {kesal}",
        "gimana sih {sapa}, {topik} {lama} gak jelas {kesal}",
        "wat api {topik} di {tempat} {lama} mak kunjung beres {kesal}",
        "bolak balik urus {topik} disuruh lengkapi berkas terus, {jelek} {kesal}",
        "tolong ditindak {sapa}, hubungi saya 0812-0000-{angka} soal {topik} {kesal}",
        "pelayanan {topik} makin {jelek}, malu sama provinsi sebelah {kesal}",
    ),
}

REPLIES = (
    "Terima kasih atas laporannya, Kak. Sudah kami teruskan ke tim {topik} ya.",
    "Halo Kak, untuk {topik} silakan datang ke kantor pada jam kerja. Terima kasih.",
    "Baik Kak, mohon kirim detailnya lewat pesan langsung agar segera kami tindak lanjuti.",
    "Terima kasih dukungannya, Kak. Sehat selalu!",
    "Mohon maaf atas ketidaknyamanannya. Petugas {topik} kami akan mengecek ke {tempat} {waktu}.",
    "Siap Kak, jadwal {topik} akan kami umumkan {waktu}.",
)

POSTS = (
    "Kegiatan {topik} di {tempat} {waktu} berjalan lancar. Terima kasih kepada seluruh warga yang hadir.",
    "Jadwal layanan {topik} {waktu} untuk wilayah {tempat} dan sekitarnya.",
    "Yuk kenali {topik}! Simak penjelasan singkat dari {lembaga} berikut ini.",
    "{lembaga} meninjau {topik} di {tempat}. Masukan warga kami tunggu di kolom komentar.",
    "Pengumuman: {topik} di {tempat} dibuka {waktu}. Gratis dan tanpa perantara.",
    "Dokumentasi {topik} bersama warga {tempat}.",
    "Tanya jawab seputar {topik}: syarat, alur, dan waktu layanan.",
)

# What people talk about with an agency; other agencies get the last ones.
TOPICS: dict[str, tuple[str, ...]] = {
    "dinkes": ("imunisasi", "vaksin", "puskesmas keliling", "pencegahan DBD", "posyandu"),
    "rsudam": ("antrean poli", "IGD", "rawat inap", "farmasi", "pendaftaran online"),
    "rsj": ("konseling", "rawat jalan", "pendaftaran", "layanan keluarga"),
    "rsbnh": ("antrean poli", "rawat inap", "pendaftaran online", "parkir"),
    "disdikbud": ("PPDB", "beasiswa", "seragam", "ijazah", "guru honorer"),
    "disdukcapil": ("KTP", "kartu keluarga", "akta lahir", "KIA", "cetak dokumen"),
    "dbmbk": ("jalan berlubang", "perbaikan jembatan", "jalan provinsi", "drainase"),
    "dpsda": ("irigasi", "normalisasi sungai", "tanggul", "banjir"),
    "dishub": ("lampu jalan", "trans Lampung", "mudik gratis", "uji kendaraan", "parkir"),
    "bpbd": ("banjir", "peringatan dini", "bantuan bencana", "posko"),
    "dlh": ("sampah", "bank sampah", "pohon tumbang", "kualitas udara"),
    "dinsos": ("bansos", "PKH", "data DTKS", "bantuan lansia"),
    "disnaker": ("lowongan kerja", "pelatihan kerja", "kartu kuning", "job fair"),
    "bapenda": ("pajak kendaraan", "pemutihan pajak", "samsat keliling"),
    "dkptph": ("pupuk subsidi", "benih padi", "penyuluhan tani", "harga gabah"),
    "disparekraf": ("festival Krakatau", "wisata pantai", "UMKM kreatif", "desa wisata"),
    "disperindag": ("operasi pasar", "harga sembako", "minyak goreng", "tera ulang"),
    "satpolpp": ("penertiban", "pedagang kaki lima", "ketertiban umum"),
    "dispora": ("lomba lari", "seleksi atlet", "stadion", "paskibraka"),
    "dispusip": ("perpustakaan keliling", "kartu anggota", "arsip"),
    "bkd": ("seleksi CPNS", "PPPK", "mutasi pegawai"),
    "dpmptsp": ("izin usaha", "OSS", "investasi", "loket perizinan"),
    "": ("layanan", "pengaduan", "sosialisasi", "program", "pelatihan", "bantuan"),
}


def topic_of(account_id: str, rng: Random) -> str:
    return rng.choice(TOPICS.get(account_id, TOPICS[""]))


def write(template: str, rng: Random, *, topic: str, agency: str) -> str:
    """Fill a template; each slot is drawn anew, also when its name comes twice."""
    pieces: list[str] = []
    for part in template.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if not part.startswith("{"):
            pieces.append(part)
        elif part == "{topik}":
            pieces.append(topic)
        elif part == "{lembaga}":
            pieces.append(agency)
        elif part == "{angka}":
            pieces.append(f"{rng.randrange(1000, 9999)}")
        elif part == "{tempat_kecil}":
            pieces.append(rng.choice(WORDS["tempat"]).lower().replace(" ", ""))
        else:
            pieces.append(rng.choice(WORDS[part[1:-1]]))
    return " ".join("".join(pieces).split())


def comment(mood: Mood, rng: Random, *, topic: str, agency: str) -> str:
    text = write(rng.choice(TEMPLATES[mood]), rng, topic=topic, agency=agency)
    if rng.random() < 0.12:
        text = f"{text} {rng.choice(WORDS['tawa'])}".strip()
    if rng.random() < 0.15:
        text = text[:1].upper() + text[1:]
    return text or rng.choice(("👍", "🙏", "❤️"))
