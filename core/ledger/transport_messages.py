"""Messages about servers, directories and their files, by code (see messages)."""

from .message_terms import _lt

TRANSPORT_MESSAGES = {
    "delivery_conflict": _lt("%(name)s exists already with other content: the lot was not delivered."),
    "directory_missing": _lt("The directory of %(name)s does not exist or is not reachable."),
    "disk_full": _lt("There is no space left to write %(name)s."),
    "lot_damaged": _lt("The stored file of %(name)s is not the one that was written: it was not delivered."),
    "host_key_refused": _lt(
        "The server %(host)s shows the key %(found)s, but %(expected)s was approved: refused. Ask its administrator "
        "whether the key was changed before you approve it."
    ),
    "host_key_kind": _lt(
        "The server %(host)s has no key of the kind that was approved (%(expected)s). Ask its administrator whether "
        "the key was changed before you approve the present one."
    ),
    "library_missing": _lt(
        "SFTP needs a library that this server lacks: %(library)s. Its administrator installs it in Odoo's environment "
        "(pip install fsspec paramiko) and restarts Odoo."
    ),
    "host_key_wrong": _lt("The approved host key cannot be read: approve the server's key again."),
    "authentication_refused": _lt(
        "The server %(host)s refuses the user or its secret: compare them with what its administrator gave, and ask "
        "whether the account is locked or has expired."
    ),
    "authentication_refused_because": _lt(
        "The server %(host)s refuses the user or its secret, and says: “%(words)s”. Compare them with what its "
        "administrator gave, and ask whether the account is locked or has expired."
    ),
    "login_wants_key": _lt(
        "The server %(host)s accepts no password of this user (only: %(allowed)s): enter the private key whose public "
        "half its administrator has."
    ),
    "login_wants_other": _lt(
        "The server %(host)s wants another secret of this user (%(allowed)s): ask its administrator which one, and "
        "whether the password has expired."
    ),
    "password_expired": _lt(
        "The server %(host)s asks for a new password: the present one has expired. Ask its administrator to renew it, "
        "then enter it here."
    ),
    "no_common_cipher": _lt(
        "The server %(host)s and this one have no cipher in common: it offers %(offered)s; one of %(wanted)s is "
        "needed. Ask its administrator to allow one."
    ),
    "no_common_exchange": _lt(
        "The server %(host)s and this one have no key exchange in common: it offers %(offered)s; one of %(wanted)s is "
        "needed. Ask its administrator to allow one."
    ),
    "no_common_mac": _lt(
        "The server %(host)s and this one have no message digest (MAC) in common: it offers %(offered)s; one of "
        "%(wanted)s is needed. Ask its administrator to allow one."
    ),
    "name_odd": _lt(
        "The name of %(name)s in %(folder)s cannot be used (special characters are shown as numbers): the file was "
        "ignored."
    ),
    "name_unmatched": _lt(
        "%(name)s in %(folder)s was not read: no layout reads files of that name there (%(patterns)s). Rename it, or "
        "change the file name of the layout."
    ),
    "name_refused": _lt("%(name)s is outside the exchange directory or is not a plain name: refused."),
    "not_taken": _lt("%(name)s was not accepted: %(reason)s"),
    "unforeseen": _lt(
        "An unexpected error stopped %(name)s; the rest continues. The server's log has the details under number "
        "%(number)s."
    ),
    "not_a_file": _lt("%(name)s is not a regular file: refused."),
    "permission_denied": _lt("Permission denied on %(name)s."),
    "remote_failure": _lt("The exchange of %(name)s failed: %(reason)s"),
    "secret_missing": _lt("No secret is stored: enter a password or a private key."),
    "secret_passphrase_missing": _lt("The private key is encrypted: enter its passphrase."),
    "secret_passphrase_wrong": _lt("The passphrase does not open the private key, or the key is damaged."),
    "secret_public": _lt("This is the public half of a key, which is for the server: paste the private key here."),
    "secret_putty": _lt("This key is in PuTTY's format: export it from PuTTYgen as an OpenSSH key, and paste that."),
    "secret_wrong": _lt(
        "This is not a usable private key: paste a whole key, RSA, ECDSA or Ed25519, in OpenSSH or PEM form, from its "
        "line BEGIN to its line END."
    ),
    "sftp_missing": _lt(
        "The server %(host)s lets the user in, but offers them no SFTP (%(reason)s): ask its administrator for it, and "
        "whether the account has expired."
    ),
    "too_many_bytes": _lt("The server sent more than %(limit)s bytes in one run: reading was stopped."),
    "too_many_names": _lt("Folder %(name)s contains more than %(limit)s names: move the old files elsewhere."),
    "too_slow": _lt(
        "%(name)s was not finished in %(limit)s seconds (%(all_limit)s for a whole run): the server is too slow"
        " or never stops sending."
    ),
    # Tests of the connection, step by step
    "trial_link": _lt(
        "%(name)s is a symbolic link, which is not followed here: ask for a real folder of that name, or enter the "
        "name of the real one."
    ),
    "trial_list": _lt("Folder %(name)s cannot be listed. %(reason)s Ask for the folder, and the right to read it."),
    "trial_not_folder": _lt(
        "%(name)s is a file, not a folder: ask for a folder of that name, or enter the name of another one."
    ),
    "trial_open": _lt(
        "%(name)s is listed but cannot be read. %(reason)s Ask for the right to read the files of that folder."
    ),
    "trial_put_away": _lt(
        "Files that were read cannot be moved to %(name)s. %(reason)s Ask for the right to write, create folders and "
        "rename there."
    ),
    "trial_read": _lt("%(name)s was written but cannot be seen. %(reason)s Ask for the right to read there."),
    "trial_remove": _lt(
        "%(name)s was written but cannot be removed. %(reason)s Ask for the right to remove there, and to have this "
        "file removed."
    ),
    "trial_rename": _lt(
        "%(name)s was written under a temporary name but cannot be renamed. %(reason)s Ask for the right to rename "
        "files in that folder."
    ),
    "trial_traces": _lt(
        "Folder %(name)s, for the traces of what was sent, cannot be used. %(reason)s Ask for the right to write "
        "there, or choose another folder, inside a writable one."
    ),
    "trial_write": _lt(
        "%(name)s cannot be written. %(reason)s Ask for the right to write and to rename files in that folder, and "
        "whether its disk or quota is full."
    ),
    "timeout": _lt("The server did not answer in time for %(name)s."),
}
