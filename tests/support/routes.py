"""Addresses of all routes, to ask them one by one."""

from werkzeug.routing import AnyConverter, IntegerConverter

NOBODYS_QUERY = "00000000-0000-4000-8000-000000000000"

STAND_IN = 1987654321


def sample(converter):
    """Return something that a part of an address may be."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return STAND_IN if isinstance(converter, IntegerConverter) else NOBODYS_QUERY


def address_of(app, rule, number=1):
    """Return an address that a rule matches, its numbers being a given one."""
    filled = {name: sample(one) for name, one in rule._converters.items()}
    _domain, path = rule.build(filled, append_unknown=False)
    return path.replace(str(STAND_IN), str(number))
