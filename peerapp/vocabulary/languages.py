"""Languages that families and coaches speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "sq": "Albanian",
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "bs": "Bosnian",
    "bg": "Bulgarian",
    "zh": "Chinese",
    "hr": "Croatian",
    "cs": "Czech",
    "nl": "Dutch",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "ha": "Hausa",
    "hi": "Hindi",
    "hu": "Hungarian",
    "ig": "Igbo",
    "it": "Italian",
    "ko": "Korean",
    "ku": "Kurdish",
    "lv": "Latvian",
    "lt": "Lithuanian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "ne": "Nepali",
    "ps": "Pashto",
    "fa": "Persian (Farsi, Dari)",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ro": "Romanian",
    "ru": "Russian",
    "sr": "Serbian",
    "si": "Sinhala",
    "sk": "Slovak",
    "so": "Somali",
    "es": "Spanish",
    "sw": "Swahili",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
}
"""Languages much spoken in England by ISO 639-1 code: English first, then by name."""

OWN_NAMES: Mapping[str, str] = {
    "en": "English", "sq": "Shqip", "am": "አማርኛ", "ar": "العربية", "bn": "বাংলা", "bs": "Bosanski",
    "bg": "Български", "zh": "中文", "hr": "Hrvatski", "cs": "Čeština", "nl": "Nederlands",
    "fr": "Français", "de": "Deutsch", "el": "Ελληνικά", "gu": "ગુજરાતી", "ha": "Hausa",
    "hi": "हिन्दी", "hu": "Magyar", "ig": "Igbo", "it": "Italiano", "ko": "한국어", "ku": "Kurdî",
    "lv": "Latviešu", "lt": "Lietuvių", "ml": "മലയാളം", "mr": "मराठी", "ne": "नेपाली", "ps": "پښتو",
    "fa": "فارسی", "pl": "Polski", "pt": "Português", "pa": "ਪੰਜਾਬੀ", "ro": "Română",
    "ru": "Русский", "sr": "Српски", "si": "සිංහල", "sk": "Slovenčina", "so": "Soomaali",
    "es": "Español", "sw": "Kiswahili", "sv": "Svenska", "ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย",
    "ti": "ትግርኛ", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt",
    "cy": "Cymraeg", "yo": "Yorùbá",
}  # fmt: skip
"""What each language is called by those who speak it: who reads no English looks for this."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur"})


def languages(codes: Iterable[str]) -> list[str]:
    """Return the names of languages, in the order of ``LANGUAGES``; unknown codes as they are."""
    chosen = frozenset(codes)
    named = [name for code, name in LANGUAGES.items() if code in chosen]
    return named + sorted(chosen - LANGUAGES.keys())
