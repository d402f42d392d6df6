from workq_gui.broker.consumers import ConsumersInTurn


class Worker:
    no_ack = exclusive = False

    def __init__(self, room: int = 99, priority: int = 0) -> None:
        self.room, self.priority = room, priority

    def has_room(self) -> bool:
        self.room -= 1
        return self.room >= 0


def turns(consumers: ConsumersInTurn, count: int) -> list[Worker | None]:
    return [consumers.next_with_room() for _ in range(count)]


def test_equals_take_turns():
    consumers, a, b = ConsumersInTurn(), Worker(), Worker()
    consumers.add(a)
    consumers.add(b)
    assert turns(consumers, 4) == [a, b, a, b]


def test_the_higher_priority_takes_all_that_it_has_room_for():
    consumers, low, high = ConsumersInTurn(), Worker(), Worker(room=2, priority=5)
    consumers.add(low)
    consumers.add(high)
    assert turns(consumers, 4) == [high, high, low, low]


def test_one_that_was_full_joins_the_end_of_the_line():
    consumers, a, b, c = ConsumersInTurn(), Worker(room=0), Worker(), Worker()
    for worker in (a, b, c):
        consumers.add(worker)
    assert consumers.next_with_room() is b
    a.room = 9
    consumers.has_room_again(a)
    assert turns(consumers, 3) == [c, b, a]


def test_who_has_gone_has_no_turn_even_if_full():
    consumers, a, b = ConsumersInTurn(), Worker(room=0), Worker(room=0)
    consumers.add(a)
    consumers.add(b)
    assert consumers.next_with_room() is None
    consumers.remove(a)
    consumers.remove(a)
    consumers.has_room_again(a)
    b.room = 9
    consumers.has_room_again(b)
    assert turns(consumers, 2) == [b, b]
    assert len(consumers) == 1


def test_a_single_active_consumer_is_followed_by_the_next():
    consumers, a, b = ConsumersInTurn(single_active=True), Worker(), Worker()
    consumers.add(a)
    consumers.add(b)
    assert turns(consumers, 2) == [a, a]
    consumers.remove(a)
    assert turns(consumers, 2) == [b, b]
