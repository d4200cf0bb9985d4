"""Which language a stretch is in, once its script is known."""

from __future__ import annotations

import math
import re
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from normalize.identify import profiles
from normalize.identify.contrasts import SERBOCROATIAN, cues, serbocroatian_odds
from normalize.identify.lexicon import lexicon
from normalize.identify.scripts import script_counts

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping

LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "Latn": (
        "en", "af", "az", "bs", "ca", "cs", "cy", "da", "de", "eo", "es", "et", "eu", "fi", "fr", "ga", "gl",
        "ha", "hr", "ht", "hu", "id", "ig", "is", "it", "la", "lb", "lt", "lv", "mg", "ms", "mt", "nb", "nl",
        "nn", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sr", "sv", "sw", "tl", "tr", "uz", "vi", "xh", "yo",
        "zu",
    ),
    "Cyrl": ("sr", "ru", "uk", "bg", "be", "mk", "kk", "ky", "tg", "tt", "mn"),
    "Arab": ("ar", "fa", "ur", "ps", "ug"),
    "Deva": ("hi", "mr", "ne"),
    "Hebr": ("he",),
    "Grek": ("el",),
    "Armn": ("hy",),
    "Geor": ("ka",),
    "Thai": ("th",),
    "Hang": ("ko",),
    "Beng": ("bn", "as"),
    "Guru": ("pa",),
    "Gujr": ("gu",),
    "Orya": ("or",),
    "Taml": ("ta",),
    "Telu": ("te",),
    "Knda": ("kn",),
    "Mlym": ("ml",),
    "Sinh": ("si",),
    "Laoo": ("lo",),
    "Tibt": ("dz",),
    "Mymr": ("my",),
    "Ethi": ("am",),
    "Khmr": ("km",),
    "Mong": ("mn",),
    "Syrc": ("syc",),
    "Thaa": ("dv",),
    "Cher": ("chr",),
    "Cans": ("iu",),
    "Nkoo": ("nqo",),
    "Tfng": ("ber",),
}  # fmt: skip
"""The languages that are told apart in each script; the report's codes."""

_PY3LANGID = {"nb": "no"}
_LONGEST = 2000
"""What a stretch says beyond this many characters adds no certainty about its language, only time."""
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u109f\u1200-\u137f]|['’][^\W\d_]|[^\W\d_])*|'n\b")

# The weights of what else speaks beside py3langid, and the margin below which langdetect is asked too. Chosen
# by accuracy on a part of the development sentences (`evaluation/languages.py` prints the accuracy on all).
_COMMON_WORDS = 0.4
_CUES = 0.4
_ODDS = 0.8
_PROFILES = 0.2
_OPEN = 1.5
_ASKED = 2
_FLOOR = -13.0
"""Log-probability of a word that is not among a language's common ones."""


@lru_cache(maxsize=64)
def _identifier(languages: tuple[str, ...]) -> Any:
    base = _base_identifier()
    identifier = copy(base)
    known = {_PY3LANGID.get(language, language) for language in languages} & set(base.nb_classes)
    identifier.set_languages(known)
    return identifier


@lru_cache(maxsize=1)
def _base_identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)


def scores(text: str, languages: tuple[str, ...]) -> dict[str, float]:
    """How well each language fits one text, on a scale whose differences are like log-odds."""
    text = text[:_LONGEST].lower()
    # py3langid's scores are sums over features that are not independent; its own remedy is to divide by the
    # square root of the length. The same is done with the other sums.
    scale = math.sqrt(len(text.encode("utf-8", "surrogatepass")) or 1)
    back = {theirs: ours for ours, theirs in _PY3LANGID.items()}
    found = dict.fromkeys(languages, -math.inf)
    for name, score in _identifier(languages).rank(text):
        found[back.get(name, name)] = score / scale
    lowest = min((score for score in found.values() if score > -math.inf), default=0.0)
    found = {language: max(score, lowest) for language, score in found.items()}

    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    scale = math.sqrt(len(words) or 1)
    common = lexicon().common
    for word in words:
        for language, score in common.get(word, {}).items():
            if language in found:
                found[language] += _COMMON_WORDS * (score - _FLOOR) / scale
    cue_scale = math.sqrt(max(4, len(words)))
    for language, count in cues(words).items():
        if language in found:
            found[language] += _CUES * count / cue_scale
    if "hr" in found and "sr" in found:
        for language, odds in zip(SERBOCROATIAN, serbocroatian_odds(words), strict=True):
            if language in found:
                found[language] += _ODDS * odds / scale
    return _settle(text, found)


def _settle(text: str, found: dict[str, float]) -> dict[str, float]:
    """Ask langdetect's profiles where the best languages are close together."""
    best = max(found.values())
    close = tuple(sorted(sorted(found, key=found.__getitem__, reverse=True)[:_ASKED]))
    close = tuple(language for language in close if found[language] > best - _OPEN)
    if len(close) < 2:
        return found
    opinions = profiles.scores(text, close)
    if not opinions:
        return found
    # A language without a profile is neither helped nor harmed: it gets the middle opinion.
    middle = sorted(opinions.values())[len(opinions) // 2]
    return {
        language: score + _PROFILES * (opinions.get(language, middle) - middle)
        if language in close
        else score
        for language, score in found.items()
    }


def rank(text: str, languages: tuple[str, ...], expected: str = "") -> dict[str, float]:
    """Probability of each language for one text; less is needed for the one that is expected."""
    plain = _by_common_words(text, languages, expected)
    if plain is not None:
        return {plain: _PLAIN}
    found = scores(text, languages)
    top = max(found.values())
    weights = {language: math.exp(_SHARPNESS * (score - top)) for language, score in found.items()}
    total = sum(weights.values())
    return {language: weight / total for language, weight in weights.items()}


_PLAIN = 0.997
"""Confidence where common words alone decide."""
_PLAIN_WORDS = 32
_PLAIN_MARGIN = 24.0


def _by_common_words(text: str, languages: tuple[str, ...], expected: str) -> str | None:
    """The language, where the common words among the first ones leave no doubt; the fast way out."""
    words = _WORD.findall(text[: 10 * _PLAIN_WORDS].lower())[:_PLAIN_WORDS]
    if len(words) < 8:
        return None
    common = lexicon().common
    tally = dict.fromkeys(languages, 0.0)
    for word in words:
        for language, score in common.get(word, {}).items():
            if language in tally:
                tally[language] += score - _FLOOR
    best, second = sorted(tally, key=lambda language: (-tally[language], language))[:2]
    needed = _PLAIN_MARGIN / 2 if best == expected else _PLAIN_MARGIN
    return best if tally[best] - tally[second] > needed else None


_SPREAD = {"ru": 4.0, "uk": 1.5, "bg": 1.5, "sr": 1.5, "mk": 0.7, "be": 0.7, "kk": 0.7}
"""Rough weights of the languages in Cyrillic letters on web pages."""
_ESTABLISHED = 150.0
"""Letters that establish a document's language in one script."""
_SHORT = 40
_SAME = 0.985
"""How often a few words are in the language that all else in their script is in."""

_SHARPNESS = 2.0
"""Turns differences of scores into log-odds; fitted so that confidence is calibrated."""


def main_script(text: str) -> str:
    """The script of a text; Han with kana is Japanese, Han alone `Hani`."""
    counts = script_counts(text)
    return merge_scripts(counts)


def merge_scripts(counts: Counter[str]) -> str:
    """The main script among letter counts."""
    kana = counts.get("Kana", 0)
    han = counts.get("Hani", 0)
    scripts = {script: n for script, n in counts.items() if script not in ("Kana", "Hani", "Bopo", "Zyyy")}
    if kana and kana * 20 >= han:
        scripts["Jpan"] = kana + han
    elif han or kana:
        scripts["Hani"] = han + kana + counts.get("Bopo", 0)
    if "Latn" in scripts:
        # Foreign text holds Latin names, not the other way round; and its letters say more each.
        scripts["Latn"] = scripts["Latn"] // 3
    if not scripts:
        return "Zyyy"
    return max(scripts, key=lambda script: (scripts[script], script))


_TRADITIONAL = frozenset(
    "們個來這國時會說對學發後過經點種開長門問間東車馬電話語讀書錢銀鐵員貝頁頭題風飛食飯館魚鳥龍龜黃黨點齊齒"
    "為無與實現當裡還進動關係樣應將體總統軍戰爭議論報導華歲億萬單邊達運選擇聯邦鄰島嶼機場務勞動產業濟價場醫藥"
    "據該級約紀紅終結給絕統經維網練組細織紐約線縣緊壓歐歷殺氣漢沒決況測試認識證詞譯護變讓調談請課誰請輕較輸轉"
    "農遠適遺鄉釋針鐘錄錯鎮閉閱隊階際隨險隱雖雙雜離難雲靈靜響頂項順須預領頻顆願類顯飾驗驚鬥麗麥"
)
_SIMPLIFIED = frozenset(
    "们个来这国时会说对学发后过经点种开长门问间东车马电话语读书钱银铁员贝页头题风飞饭馆鱼鸟龙龟黄党齐齿"
    "为无与实现当里还进动关系样应将体总统军战争议论报导华岁亿万单边达运选择联邦邻岛屿机场务劳产业济价医药"
    "据该级约纪红终结给绝维网练组细织纽线县紧压欧历杀气汉没决况测试认识证词译护变让调谈请课谁轻较输转"
    "农远适遗乡释针钟录错镇闭阅队阶际随险隐虽双杂离难云灵静响顶项顺须预领频颗愿类显饰验惊斗丽麦"
)
_ONLY_TRADITIONAL = _TRADITIONAL - _SIMPLIFIED
_ONLY_SIMPLIFIED = _SIMPLIFIED - _TRADITIONAL


def report_script(script: str, text: str) -> str:
    """The code that reports use: `Kore` for Korean, `Hans` or `Hant` by their own characters."""
    if script != "Hani":
        return "Kore" if script == "Hang" else script
    traditional = sum(char in _ONLY_TRADITIONAL for char in text)
    simplified = sum(char in _ONLY_SIMPLIFIED for char in text)
    return "Hant" if traditional > simplified else "Hans"


def classify(
    text: str, script: str, prior: Mapping[str, float], allowed: Iterable[str] | None = None
) -> tuple[str, float]:
    """Language of a stretch in one script, with its probability.

    Args:
        text: The stretch.
        script: Its main script (`main_script`).
        prior: Letters by language that the document holds elsewhere: evidence for what is short.
        allowed: Only these languages, if given and any fits the script.
    """
    if script == "Jpan":
        return "ja", 0.99
    if script == "Hani":
        japanese = prior.get("ja", 0.0)
        return ("ja", 0.9) if japanese > prior.get("zh", 0.0) else ("zh", 0.97)
    languages = LANGUAGES.get(script, ())
    if allowed is not None:
        languages = tuple(x for x in languages if x in allowed) or languages
    if not languages:
        return "und", 0.5
    if len(languages) == 1:
        return languages[0], 0.99
    known = sum(prior.get(language, 0.0) for language in languages)
    expected = max(languages, key=lambda language: (prior.get(language, 0.0), language)) if known else ""
    if known > _ESTABLISHED and len(text) <= _SHORT and prior.get(expected, 0.0) > 0.9 * known:
        # A few words in a document that is sure of its language: only what contradicts it is looked at.
        hints = cues(word.replace("’", "'") for word in _WORD.findall(text.lower()))
        if hints[expected] >= max((hints[language] for language in languages), default=0):
            return expected, _SAME
    shares = rank(text, languages, expected)
    if known and len(shares) > 1:
        # The document's own mixture as prior; it fades as the stretch grows.
        weight = min(1.0, 60.0 / (len(text) + 1.0)) * min(1.0, known / 20.0)
        shares = {
            language: share ** (1 - 0.8 * weight)
            * ((prior.get(language, 0.0) + 0.01 * known) / known) ** weight
            for language, share in shares.items()
        }
        total = sum(shares.values())
        shares = {language: share / total for language, share in shares.items()}
    elif script == "Cyrl" and len(text) < _SHORT:
        # Nothing else to go by: how much of what is written in this script is in the language.
        weight = 1 - len(text) / _SHORT
        shares = {
            language: share * _SPREAD.get(language, 0.3) ** weight for language, share in shares.items()
        }
        total = sum(shares.values())
        shares = {language: share / total for language, share in shares.items()}
    best = max(shares, key=lambda language: (shares[language], language))
    return best, shares[best]
