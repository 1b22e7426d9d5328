"""Why a login fails: the server's own words, and the kind of secret that it wants."""

import threading

import paramiko

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

    def test_a_password_that_has_expired(self):
        """The server asks for a new one (RFC 4252, 8), which nobody can type here."""

        def ask_for_another(_session, _user, _password):
            request = paramiko.Message()
            request.add_byte(bytes([60]))
            request.add_string("Your password has expired.")
            request.add_string("en")
            # requests are answered in the connection's own thread
            threading.current_thread()._send_message(request)
            return paramiko.AUTH_FAILED

        error = self.refused(self.serve(check_auth_password=ask_for_another))
        self.assertEqual((error.code, error.params, error.retryable), ("password_expired", {"host": HOST}, False))

    def test_the_password_is_the_answer_to_a_question(self):
        """Some servers ask for it (keyboard-interactive); where they also ask for a new one, it has expired."""

        def answering(*questions):
            query = paramiko.InteractiveQuery("", "Your password has expired.")
            for question in questions:
                query.add_prompt(question, False)
            return query

        def server(*more):
            def check(_session, answers):
                if list(answers) != ["s3cret"]:
                    return paramiko.AUTH_FAILED
                return answering(*more) if more else paramiko.AUTH_SUCCESSFUL

            return self.serve(
                get_allowed_auths=lambda session, user: "keyboard-interactive",
                check_auth_password=lambda session, user, password: paramiko.AUTH_FAILED,
                check_auth_interactive=lambda session, user, kinds: answering("Password: "),
                check_auth_interactive_response=check,
            )

        self.connect(server())
        error = self.refused(server("New password: ", "Retype new password: "))
        self.assertEqual((error.code, error.params["allowed"]), ("login_wants_other", "keyboard-interactive"))

    def test_a_server_without_sftp(self):
        server = self.serve(check_channel_subsystem_request=lambda session, channel, name: False)
        error = self.refused(server)
        self.assertEqual((error.code, error.retryable), ("sftp_missing", False))
        self.assertTrue(error.params["reason"])
