"""Servers that are no brokers, for tests of what is said about them."""

import contextlib
import socketserver
import ssl
import threading

from workq_gui.core.settings import Endpoint


@contextlib.contextmanager
def serving(answer):
    """Serve one TCP port whose connections are given to `answer`, and yield its endpoint."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                answer(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Endpoint("127.0.0.1", server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def http(connection):
    """Answer as a web server does to what it does not understand."""
    connection.recv(100)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def tls_server(authority, name):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)

    def shake_hands(connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(100)

    return serving(shake_hands)
