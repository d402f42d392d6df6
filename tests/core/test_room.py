"""What a student must type, and the password."""

import ast
import re

from workq_gui.core.event_lines import FACTS
from workq_gui.core.room import OpenRoom, make_password


def test_a_password_is_easy_to_type_long_enough_and_never_the_same():
    made = [make_password() for _ in range(200)]
    assert len(set(made)) == 200
    for password in made:
        assert re.fullmatch(r"([bdfghjkmnprstvwz][aeiou]){2}(-([bdfghjkmnprstvwz][aeiou]){2}){3}", password)
    assert 80**8 > 2**40


def test_the_two_lines_are_python_and_name_the_address_the_user_and_the_password():
    room = OpenRoom(("192.0.2.2",), 5672, "class", "bado-kemu")
    lines = room.pika_lines("192.0.2.2")
    ast.parse("\n".join(lines))
    assert "amqp://class:bado-kemu@192.0.2.2:5672/" in lines[0]
    assert "pika.BlockingConnection" in lines[1]


def test_a_room_does_not_show_its_password_by_accident():
    assert "bado" not in repr(OpenRoom(("h",), 1, "class", "bado-kemu"))
    assert not any("password" in kind.__dataclass_fields__ for kind in FACTS.values())
