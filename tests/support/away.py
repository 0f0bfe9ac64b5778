"""A storage that goes away, and comes back."""

from app.services.media.store import StorageAwayError


class AwayStore:
    """Media store that does not answer as long as ``is_away``."""

    def __init__(self, store):
        self.store = store
        self.is_away = True
        self.is_near = False
        self.asked = 0

    def __getattr__(self, name):
        wanted = getattr(self.store, name)

        def ask(*args, **options):
            self.asked += 1
            if self.is_away:
                raise StorageAwayError("the cable is cut")
            return wanted(*args, **options)

        return ask
