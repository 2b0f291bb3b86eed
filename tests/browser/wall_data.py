"""Canned answers of the public API for the wall's tests: invented figures, real shapes."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

WEIGHTS = {"views": 0.10, "posts": 0.20, "comments": 0.40, "likes": 0.30}
SHORT_NAMES = (
    "Dinas Kesehatan", "RSUD Dr. H. Abdul Moeloek", "Dinas Pendidikan dan Kebudayaan", "Diskominfotik",
    "Dinas Perhubungan", "Bappeda", "Dinas Sosial", "BPBD", "Pariwisata dan Ekraf",
    "Bina Marga dan Konstruksi", "RSJ Provinsi Lampung", "Dinas Lingkungan Hidup", "Satpol PP",
    "Dinas Kehutanan", "Bapenda", "Dinas Perkebunan", "Biro Administrasi Pimpinan", "Dinas Kelautan",
    "Ketahanan Pangan", "Inspektorat", "BKD", "RSUD Bandar Negara Husada", "Dinas Pengairan",
    "Dinas Pemuda dan Olahraga",
)  # fmt: skip


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def now() -> datetime:
    return datetime.now(UTC)


def name_of(position: int) -> str:
    return SHORT_NAMES[position] if position < len(SHORT_NAMES) else f"Badan Contoh {position + 1}"


def parts_of(score: float, position: int) -> Json:
    """Four parts whose points add up to the score, in proportions that differ by account."""
    tilt = {"views": 1.0, "posts": 0.85, "comments": 1.05 + 0.2 * math.sin(position), "likes": 1.0}
    whole = sum(WEIGHTS[metric] * tilt[metric] for metric in WEIGHTS)
    parts: Json = {}
    for metric, weight in WEIGHTS.items():
        points = round(score * weight * tilt[metric] / whole, 4)
        raw = round(points * {"views": 9120, "posts": 0.8, "comments": 38, "likes": 310}[metric])
        parts[metric] = {"raw": raw, "normalised": points / 100 / weight, "weight": weight, "points": points}
    others = sum(parts[metric]["points"] for metric in ("views", "posts", "comments"))
    parts["likes"]["points"] = round(score - others, 4)
    return parts


def score_row(position: int, *, ages: float = 4) -> Json:
    """One ranked account; `ages` is the age of its newest event in seconds."""
    score = round(87.4321 * math.exp(-0.041 * position), 4)
    moved = (0, 2, -1, -1, 1, 0, 3, -2, 0, 1)[position % 10]
    comments = 40 + (position * 37) % 160
    negative = round(comments * (0.08 + 0.04 * (position % 5)))
    neutral = round(comments * (0.18 + 0.03 * (position % 4)))
    return {
        "account_id": f"akun-{position + 1}",
        "name": name_of(position),
        "short_name": name_of(position),
        "kind": "hospital" if name_of(position).startswith("RS") else "opd",
        "rank": position + 1,
        "rank_before": position + 1 + moved,
        "score": score,
        "completeness": 1.0,
        "incomplete": False,
        "parts": parts_of(score, position),
        "sentiment": {"positive": comments - neutral - negative, "neutral": neutral, "negative": negative},
        "newest_event_at": (newest := instant(now() - timedelta(seconds=ages))),
        "newest_received_at": newest,
        "group": "",
        "posts_missing": 0,
    }


def without_metric(row: Json, metric: str) -> Json:
    """The row as the API gives it when no platform told this metric: the other weights grow."""
    gap = {"raw": None, "normalised": None, "weight": 0.0, "points": None}
    parts: Json = row["parts"] | {metric: gap}
    kept = [name for name, part in parts.items() if part["normalised"] is not None]
    whole = sum(WEIGHTS[name] for name in kept)
    for name in kept:
        weight = round(WEIGHTS[name] / whole, 4)
        points = round(100 * weight * parts[name]["normalised"], 4)
        parts[name] = parts[name] | {"weight": weight, "points": points}
    score = round(sum(parts[name]["points"] for name in kept), 4)
    return row | {"parts": parts, "score": score, "completeness": round(whole, 4), "incomplete": True}


def without_score(row: Json) -> Json:
    empty = {m: {"raw": None, "normalised": None, "weight": w, "points": None} for m, w in WEIGHTS.items()}
    gone: Json = {"score": None, "rank": None, "rank_before": None, "completeness": 0.0, "incomplete": True}
    return row | gone | {"parts": empty, "sentiment": {"positive": 0, "neutral": 0, "negative": 0}}


def score_rows(count: int = 51) -> list[Json]:
    return [score_row(n, ages=(4, 11, 130, 38, 75, 6, 200, 7900, 20, 9)[n % 10]) for n in range(count)]


def scores(rows: list[Json], **changes: Any) -> Json:
    at = now()
    whole: Json = {
        "stale_since": None,
        "window": "24h",
        "month": None,
        "at": instant(at),
        "from": instant(at - timedelta(hours=24)),
        "until": instant(at),
        "status": "live",
        "rules_version": "2026-2",
        "normaliser": "log_winsor",
        "newest_event_at": instant(at - timedelta(seconds=4)),
        "newest_received_at": instant(at - timedelta(seconds=4)),
        "simulated": False,
        "scores": rows,
    }
    return whole | changes


def pulse(*, level: float = 200, rising: int = 3) -> Json:
    """Sixty minutes; the last one runs still. `level` is the comments a minute around which they swing."""
    at = now()
    start = at.replace(second=0, microsecond=0) - timedelta(minutes=59)
    minutes = []
    for n in range(60):
        total = max(0.0, level * (1 + 0.22 * math.sin(n / 7) + 0.07 * math.sin(n * 2.3)))
        negative = total * (0.10 + 0.22 * math.exp(-(((n - 47) / 6) ** 2)))
        minute = instant(start + timedelta(minutes=n))
        mix = {"positive": round(total * 0.58), "neutral": round(total * 0.22), "negative": round(negative)}
        minutes.append({"minute": minute} | mix)
    names = (("akun-5", 0.38, 31, 82, 4.1), ("akun-2", 0.31, 22, 71, 2.6), ("akun-10", 0.27, 12, 44, None))
    return {
        "stale_since": None,
        "at": instant(at),
        "minutes": minutes,
        "rising_negatives": [
            {
                "account_id": account,
                "short_name": name_of(int(account.removeprefix("akun-")) - 1),
                "negative_share": share,
                "negatives": negatives,
                "comments": comments,
                "times_usual": usual,
            }
            for account, share, negatives, comments, usual in names[:rising]
        ],
        "replies": {"answered": 86, "median_seconds": 744},
    }


def status(**changes: Any) -> Json:
    at = now()
    whole: Json = {
        "stale_since": None,
        "newest_event_at": instant(at - timedelta(seconds=4)),
        "newest_received_at": instant(at - timedelta(seconds=4)),
        "clocks_ahead": [],
        "newest_score_at": instant(at - timedelta(seconds=2)),
        "behind": [],
        "behind_since": None,
        "simulated": False,
        "accounts": 51,
        "accounts_with_data": 51,
        "build": "bangunan-1",
        "now": instant(at),
    }
    return whole | changes


def clock_ahead(position: int, hours: float) -> Json:
    """One of status.clocks_ahead."""
    return {
        "account_id": f"akun-{position + 1}",
        "short_name": name_of(position),
        "platform": "instagram",
        "ahead_seconds": hours * 3600,
        "received_at": instant(now()),
    }


def account(row: Json) -> Json:
    at = now().replace(minute=0, second=0, microsecond=0)
    platforms = (("instagram", 128_412), ("facebook", 84_020), ("tiktok", 51_733), ("youtube", 12_904))
    trend = [
        {"at": instant(at - timedelta(hours=24 - hour)), "score": round(row["score"] * share, 4)}
        for hour, share in ((hour, 0.88 + 0.1 * math.sin(hour / 3.1)) for hour in range(25))
    ]
    return {
        "stale_since": None,
        "account_id": row["account_id"],
        "name": row["name"],
        "short_name": row["short_name"],
        "kind": row["kind"],
        "active": True,
        "onboarded_at": "2026-01-01T00:00:00Z",
        "simulated": False,
        "platforms": [platform for platform, _ in platforms],
        "newest_event_at": row["newest_event_at"],
        "newest_received_at": row["newest_received_at"],
        "scores": {"1h": None, "24h": row, "7d": None, "30d": None, "month": None},
        "followers": [
            {"platform": platform, "followers": followers, "observed_at": instant(at)}
            for platform, followers in platforms
        ],
        "trend": trend,
    }
