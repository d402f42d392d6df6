"""The two ways to log in that RabbitMQ offers by default."""

from .errors import CommandInvalid, SyntaxFault
from .tables import TableError, decode_table


def parse_response(mechanism: str, response: bytes) -> tuple[str, str]:
    """Return name and password.

    Args:
        mechanism: PLAIN (RFC 4616) or AMQPLAIN (a field table without its length).
        response: What came in connection.start-ok.

    Raises:
        CommandInvalid: another mechanism.
        SyntaxFault: the response is not what the mechanism says.
    """
    match mechanism:
        case "PLAIN":
            parts = response.split(b"\0")
            if len(parts) != 3:
                raise SyntaxFault("PLAIN response is not of three parts")
            return _text(parts[1]), _text(parts[2])
        case "AMQPLAIN":
            try:
                table, _ = decode_table(len(response).to_bytes(4) + response)
                return str(table["LOGIN"].value), str(table["PASSWORD"].value)
            except (TableError, KeyError) as error:
                raise SyntaxFault("AMQPLAIN auth info has no LOGIN or PASSWORD") from error
        case _:
            raise CommandInvalid(f"unknown authentication mechanism '{mechanism}'")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
