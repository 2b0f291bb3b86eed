"""The shipped model on sentences written for this test: far better than chance."""

from collections import Counter

import pytest

from pantau.contracts.fields import Label
from services.sentiment.inference.labeller import Labeller

SENTENCES = {
    Label.POSITIVE: [
        "Pelayanannya cepat dan petugasnya ramah sekali, terima kasih banyak",
        "Mantap, semoga Lampung makin maju 👍",
        "alhamdulillah akhirnya jalan depan rumah sudah mulus, terimakasih pak gubernur",
        "Keren banget acaranya, sukses terus untuk dinas pariwisata 🔥",
        "Bagus sekali programnya, sangat bermanfaat bagi masyarakat",
        "Senang sekali lihat taman kota sekarang bersih dan indah",
        "Terima kasih tenaga kesehatan, tetap semangat dan sehat selalu 🙏",
        "makasih min infonya sangat membantu",
        "Tempatnya nyaman, makanannya enak, pasti datang lagi",
        "Hebat, antriannya tertib dan stafnya sabar melayani",
        "Matur nuwun, pelayanane apik tenan",
        "Luar biasa, saya bangga jadi warga Lampung ❤️",
    ],
    Label.NEUTRAL: [
        "Jam berapa kantor dinas buka hari Sabtu?",
        "Min, syarat daftar vaksin di puskesmas apa saja ya?",
        "Apakah pendaftaran bisa lewat online?",
        "Lokasinya di mana ya min?",
        "untuk anak umur 12 tahun apakah bisa min?",
        "Pendaftaran dibuka tanggal 5 sampai 10 Agustus",
        "Rapat koordinasi dihadiri kepala dinas dan camat",
        "kuota untuk besok masih ada min?",
        "Min kalau ktp luar kota bisa ikut?",
        "Dosis kedua kapan min jadwalnya?",
        "Bawa fotokopi KTP dan KK ya kak?",
        "info nomor telepon puskesmas kedaton min",
    ],
    Label.NEGATIVE: [
        "Pelayanan sangat buruk, petugasnya tidak ramah dan lambat",
        "Sudah tiga bulan jalan rusak dibiarkan, sangat mengecewakan",
        "Antri dari pagi sampai sore tidak dilayani, parah sekali",
        "websitenya error terus gak bisa daftar, kecewa banget",
        "Jelek sekali, kotor dan bau, tidak akan kembali lagi",
        "Percuma lapor, tidak pernah ditanggapi 😡",
        "Air PDAM mati terus, bayar jalan terus, payah",
        "kok susah banget sih daftarnya, link nya gak bisa dibuka",
        "Janji tinggal janji, pembangunan tidak ada hasilnya",
        "Petugas marah-marah ke pasien, tidak sopan sama sekali",
        "Banjir lagi banjir lagi, pemerintah tidak becus",
        "kecewa, nomor call center tidak bisa dihubungi sama sekali",
    ],
}
FLOOR = 0.75  # chance is a third


@pytest.fixture
def right(labeller: Labeller) -> Counter[Label]:
    """How many sentences of each label the model gets right."""
    return Counter(
        label
        for label, sentences in SENTENCES.items()
        for prediction in labeller.label(sentences)
        if prediction.label is label
    )


def test_most_sentences_are_right(right: Counter[Label]) -> None:
    assert right.total() >= FLOOR * sum(map(len, SENTENCES.values())), right


@pytest.mark.parametrize("label", list(Label))
def test_no_label_is_neglected(right: Counter[Label], label: Label) -> None:
    assert right[label] >= len(SENTENCES[label]) / 2, right
