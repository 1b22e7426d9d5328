"""Why a server lets nobody in: with its own words, by the kind of secret that it wants."""

from .hostile_sftp import HOST
from .test_ledger_sftp import SftpCase


class TestLogins(SftpCase):
    def test_the_server_s_own_words_are_said(self):
        """An account that has expired is refused like a wrong password: only the server's greeting says why."""
        banner = "Compte expiré.\r\n\tAppelez le 3615\x07" + "!" * 300
        server = self.serve(get_banner=lambda session: (banner, "fr"))
        error = self.refused(server, password="wrong")
        self.assertEqual((error.code, error.params["host"]), ("authentication_refused_because", HOST))
        self.assertEqual(error.params["words"], (r"Compte expiré. Appelez le 3615\x07" + "!" * 300)[:200] + "…")
        self.connect(server)

    def test_a_secret_of_another_kind_is_wanted(self):
        for allowed, code in (
            ("publickey", "login_wants_key"),
            ("hostbased", "login_wants_other"),
        ):
            with self.subTest(allowed):
                server = self.serve(get_allowed_auths=lambda session, user, allowed=allowed: allowed, password="other")
                error = self.refused(server, password="s3cret")
                self.assertEqual((error.code, error.params), (code, {"host": HOST, "allowed": allowed}))
        self.assertEqual(self.refused(server, password="").code, "secret_missing")

    def test_a_server_without_sftp(self):
        server = self.serve(check_channel_subsystem_request=lambda session, channel, name: False)
        error = self.refused(server)
        self.assertEqual((error.code, error.retryable), ("sftp_missing", False))
        self.assertTrue(error.params["reason"])
