"""Where import screens find their sample files."""


def sample_url(env, name) -> str:
    """Return the address of a sample file with the sections of the companies that are ticked in the switcher.

    The import finds no others, and the browser that downloads the file sends no ticked companies.
    """
    return f"/utility_billing_sync/samples/{name}?cids={'-'.join(map(str, env.companies.ids))}"
