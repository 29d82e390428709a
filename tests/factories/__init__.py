"""Builders the tests share. They call the real services, so that a row never stands where none could get.

- `world()`: 河北考区 with two sites, another 考区 with one, an open intake each, a catalogue of seven kinds.
- `people.cast(world)`: the staff of access tests; `people.staff_account(...)` for one more.
- `dossiers.register(world, ...)`: a registration with its candidate and DRAFT dossier.
- `dossiers.fill / submit / return_ / forward / decide ...`: bring a dossier on; `dossiers.brought_to(world, state)`.
- `pictures.jpeg(seed)`: a small picture that passes every check, another one for every seed.
- `clients.of_candidate / of_staff / anonymous`: HTTP clients with a session.
"""

from factories.world import World, world

__all__ = ["World", "world"]
