"""Words for people and their devices: roles, and what a browser's description means. Vocabulary itself is in domain."""

from app.web.i18n import _, lazy_pgettext

ROLES = {
    "engineer": lazy_pgettext("role", "Service engineer"),
    "dispatcher": lazy_pgettext("role", "Information officer"),
    "centre": lazy_pgettext("role", "Call centre"),
    "manager": lazy_pgettext("role", "After-sales manager"),
    "technical": lazy_pgettext("role", "Technical section"),
    "admin": lazy_pgettext("role", "Administrator"),
}

# The first that is found in a browser's description names it; the order matters, since they all claim to be each other.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("HuaweiBrowser", "Huawei"), ("MiuiBrowser", "Mi"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def role_name(role: str) -> str:
    """What the person works as, in the reader's language."""
    return str(ROLES.get(role, role))


def device_name(user_agent: str) -> str:
    """`Chrome, Android`; proper names need no translation."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")
