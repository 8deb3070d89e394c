from sora_studio.training.pool import Stream, workers


def square(number: int) -> int:
    return number * number


def test_a_stream_continues_where_another_stopped():
    stream = Stream(square, 0, None, ahead=0)
    first = [next(stream) for _ in range(3)]
    second = Stream(square, stream.position, None, ahead=0)
    assert [*first, next(second)] == [0, 1, 4, 9]


def test_workers_give_the_same_in_the_same_order():
    with workers(1) as executor:
        stream = Stream(square, 5, executor, ahead=3)
        assert [next(stream) for _ in range(6)] == [25, 36, 49, 64, 81, 100]
