"""Languages of documents that outlive them."""


def spoken(env, code) -> str:
    """Return the language in which a kept document is printed: its own, as long as that is installed.

    Then another variety of it, as Belgian French for French; without any, the reader's.
    """
    languages = env["res.lang"]
    if languages._get_code(code):
        return code
    tongue = code.partition("_")[0]
    alike = (each for each, _name in languages.get_installed() if each.partition("_")[0] == tongue)
    return next(alike, None) or env.lang or "en_US"
