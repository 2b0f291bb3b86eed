"""What the columns of people's files are called. Data only; compared without case, blanks and marks.

Of several columns for one field the one named first here is used; where its cell is empty, the next.
"""

from typing import Final, Literal

Kind = Literal["comment", "reading", "post", "followers"]

_SHARED: Final = {
    "account": "account, account_id",
    "platform": "platform, media_sosial, medsos, network",
    "observed_at": (
        "observed_at, scraped_at, crawled_at, collected_at, fetched_at, retrieved_at, waktu_ambil, "
        "diambil_pada"
    ),
    "simulated": "simulated, simulasi",
}
_POST: Final = {
    "account": _SHARED["account"] + ", akun",
    "post_id": (
        "post_id, id_postingan, id_posting, id_kiriman, media_id, id_media, video_id, id_video, tweet_id"
    ),
    "published_at": (
        "published_at, publish_time, publish_date, waktu_terbit, tanggal_terbit, waktu_publikasi, "
        "tanggal_publikasi, waktu_penerbitan, waktu_diterbitkan, waktu_posting, tanggal_posting, "
        "waktu_unggah, tanggal_unggah, posted_at, post_time, taken_at, created_at, created_time"
    ),
    "account_name": "account_name, nama_akun",
    "text": "title, caption, description, judul, keterangan, deskripsi, text, teks",
    "kind": "kind, media_type, post_type, jenis_postingan, tipe_postingan, jenis_kiriman, jenis_media",
    "permalink": "permalink, tautan_permanen, permanent_link, post_url, url, link, tautan",
    "shortcode": "shortcode, code",
    "giveaway": "giveaway, hadiah",
    "boosted": "boosted, is_boosted, promoted, dipromosikan",
    "deleted": "deleted, is_deleted, dihapus, terhapus",
}
# Only posts have them, where nothing names a comment or its author.
POST_MARKS: Final = (
    "published_at, publish_time, publish_date, waktu_terbit, tanggal_terbit, waktu_publikasi, "
    "tanggal_publikasi, waktu_penerbitan, waktu_diterbitkan, waktu_posting, tanggal_posting, waktu_unggah, "
    "tanggal_unggah, posted_at, post_time"
)
FIELDS: Final[dict[Kind, dict[str, str]]] = {
    "comment": {
        **_SHARED,
        "comment_id": "comment_id, id_komentar, cid, reply_id, id, id_str, tweet_id",
        "post_id": (
            "post_id, id_postingan, id_posting, id_kiriman, media_id, id_media, video_id, id_video, "
            "aweme_id, conversation_id, conversation_id_str, thread_id"
        ),
        "parent_id": (
            "parent_id, parent_comment_id, id_induk, reply_to_id, in_reply_to_id, replied_to_comment_id, "
            "in_reply_to_status_id, in_reply_to_status_id_str"
        ),
        "author_id": (
            "author_id, author, user_id, user_id_str, author_channel_id, owner_id, from_id, profile_id, uid, "
            "id_pengguna, id_penulis, username, user_name, owner_username, screen_name, unique_id, akun, "
            "nama_akun, nama_pengguna, author_name, author_display_name, profile_name, pengguna, penulis, "
            "user, owner, from, commenter, nama, name"
        ),
        "text": (
            "text, comment_text, comment, isi_komentar, komentar, isi, teks, full_text, text_original, "
            "text_display, message, pesan, content, body, tweet"
        ),
        "created_at": (
            "created_at, comment_created_at, created_time, create_time, comment_time, timestamp, "
            "published_at, waktu_komentar, tanggal_komentar, comment_date, datetime, date_time, "
            "tanggal_waktu, date, tanggal, tgl, waktu, time"
        ),
        "clock": "jam, pukul, waktu, time",
        # Says the platform only.
        "permalink": "permalink, comment_url, post_url, tweet_url, video_url, url, link, tautan",
        "by_account": (
            "by_account, author_is_uploader, author_is_owner, author_is_channel_owner, is_owner, "
            "is_uploader, is_channel_owner, by_owner, is_from_owner, from_owner, is_page_owner, from_page, "
            "is_author, author_is_creator, is_creator, by_creator, is_admin, by_admin, oleh_akun, dari_akun, "
            "akun_sendiri, oleh_admin, dari_admin, balasan_admin"
        ),
        "deleted": "deleted, is_deleted, removed, is_removed, dihapus, terhapus, sudah_dihapus, hapus",
    },
    "reading": {
        **_SHARED,
        **_POST,
        "observed_at": _SHARED["observed_at"] + ", reading_at, waktu_baca, dibaca_pada, date, tanggal",
        "views": (
            "views, view_count, views_count, video_views, video_play_count, video_view_count, play_count, "
            "plays, tayangan, penayangan, jumlah_tayangan, dilihat, ditonton, jumlah_tontonan"
        ),
        "likes": (
            "likes, like_count, likes_count, suka, jumlah_suka, reactions, reaksi, jumlah_reaksi, "
            "reactions_count, total_reactions, digg_count, favorite_count"
        ),
        "comments": "comments, comment_count, comments_count, komentar, jumlah_komentar, reply_count",
        "shares": (
            "shares, share_count, shares_count, dibagikan, bagikan, pembagian, berbagi, jumlah_pembagian, "
            "jumlah_dibagikan, retweet_count"
        ),
        "saves": (
            "saves, save_count, saves_count, saved, disimpan, simpan, penyimpanan, simpanan, collect_count"
        ),
        "likes_hidden": (
            "likes_hidden, ratings_disabled, hide_like_count, like_count_hidden, is_likes_hidden, "
            "likes_disabled, like_and_view_counts_disabled, suka_disembunyikan, suka_tersembunyi"
        ),
        "comments_hidden": (
            "comments_hidden, comments_disabled, commenting_disabled, is_comments_disabled, "
            "comments_turned_off, komentar_disembunyikan, komentar_dinonaktifkan"
        ),
        "definition_version": "definition_version",
    },
    "post": {**_SHARED, **_POST},
    "followers": {
        **_SHARED,
        "account": _SHARED["account"] + ", akun",
        "account_name": "account_name, nama_akun",
        "observed_at": _SHARED["observed_at"]
        + (", reading_at, waktu_baca, dibaca_pada, date, tanggal, waktu"),
        "followers": "followers, follower_count, followers_count, pengikut, jumlah_pengikut",
    },
}
TYPES: Final[dict[str, Kind]] = {
    "comment.observed": "comment",
    "metrics.observed": "reading",
    "post.observed": "post",
    "followers.observed": "followers",
}
COUNTS: Final = ("views", "likes", "comments", "shares", "saves")
# A column of these says that the rows are comments, whatever else they hold.
COMMENT_MARKS: Final = (
    "comment_id, id_komentar, cid, comment_text, isi_komentar, author, author_id, author_name, "
    "author_display_name, author_channel_id, parent_comment_id, by_account, author_is_uploader"
)
# A day, which a clock time in a column of its own completes.
DAYS: Final = "date, tanggal, tgl, comment_date, tanggal_komentar"
# The export of Meta Business Suite: its account columns are the platform's own, never ours.
PAGES: Final = (
    "page_id, id_halaman, account_username, nama_pengguna_akun, username_akun, page_name, nama_halaman, "
    "account_id, id_akun"
)
EXPORT_MARKS: Final = (
    "page_id, id_halaman, page_name, nama_halaman, account_username, nama_pengguna_akun, username_akun, "
    "data_comment, komentar_data"
)
PAGE_NAMES: Final = "page_name, nama_halaman, account_name, nama_akun"
# What stands in `Date` of totals since publication; any other date makes the row one day's gain.
LIFETIME: Final = frozenset(
    {"lifetime", "seumurhidup", "sepanjangwaktu", "sepanjangmasa", "masapakai", "selamanya"}
)

NOT_KNOWN: Final = "not known"
TWICE: Final = "the heading stands twice, the first is used"
NOT_USED: Final = {
    "Pantau labels by itself": "label, label_by, label_confidence, sentiment, sentimen, score, polarity",
    "a comment's likes and answers have no part in the score": (
        "comment:likes, comment:like_count, comment:likes_count, comment:replies, comment:reply_count, "
        "comment:retweets, comment:retweet_count, comment:favorite_count, comment:replies_count"
    ),
    "no views: people or displays": "reach, jangkauan, impressions, impresi",
    "sums or figures that no rule uses": (
        "dislikes, reactions_comments_and_shares, reaksi_komentar_dan_pembagian, total_clicks, total_klik, "
        "follows, ikuti, duration_sec, durasi_detik, views_display, likes_display, mentions_count"
    ),
    "an account is named by --account": (
        "page_id, page_name, id_halaman, nama_halaman, account_username, account_id, account_name, "
        "nama_pengguna_akun, username_akun, id_akun, nama_akun"
    ),
    "no field of an event": (
        "label_text, hashtags, tags, category_id, run_date_bkk, languages, bahasa, custom_labels, "
        "caption_type, jenis_teks, is_crosspost, is_share, funded_content_status, data_comment, "
        "komentar_data, date, tanggal, comment:kind, type, schema_version, received_at"
    ),
}
KINDS: Final = {
    "image": "photo, photos, image, graphimage, foto, gambar, ig_image, gambar_ig, foto_ig, status_photo",
    "video": "video, videos, graphvideo, ig_video, video_ig",
    "reel": "reel, reels, clips, ig_reel, reel_ig, reels_ig, short, shorts",
    "album": "carousel, carousel_album, album, sidecar, graphsidecar, ig_carousel, carousel_ig, korsel",
    "story": "story, stories, cerita, ig_story, cerita_ig",
    "text": "text, teks, status, statuses",
    "link": "link, links, tautan",
    "live": "live, live_video, siaran_langsung",
    "other": "other",
}
HOSTS: Final = {
    "instagram": "instagram.com, instagr.am",
    "facebook": "facebook.com, fb.com, fb.watch",
    "youtube": "youtube.com, youtu.be",
    "tiktok": "tiktok.com",
    "x": "x.com, twitter.com",
    "threads": "threads.net, threads.com",
}
