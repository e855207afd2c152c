from odoo.tools import SQL


def next_numbers(sequence, count):
    """Return the next `count` numbers of an `ir.sequence`, in one query where its kind allows it."""
    if sequence.implementation != "standard" or sequence.use_date_range:
        return [sequence.next_by_id() for _number in range(count)]
    # as `ir.sequence` does for one number
    rows = sequence.env.execute_query(
        SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
    )
    return [sequence.get_next_char(number) for (number,) in rows]
