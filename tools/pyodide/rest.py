"""The last finder: modules that no page has needed so far. Their sources come in one archive once one is asked for."""

import sys
import zipimport
import zlib

ARCHIVE = "/lib/rest.zip"


class Rest:
    def __init__(self, names, fetch):
        self.names, self.fetch, self.here = names, fetch, False

    def find_spec(self, name, path=None, target=None):
        if name not in self.names:
            return None
        if not self.here:
            with open(ARCHIVE, "wb") as archive:
                archive.write(zlib.decompress(self.fetch(), 31))
            self.here = True
        folder = "/".join([ARCHIVE, *name.split(".")[:-1]])
        return zipimport.zipimporter(folder).find_spec(name)


def install(fetch):
    """fetch() gives the bytes of the compressed archive. collect.py adds the list of its modules to this file."""
    sys.meta_path.append(Rest(globals()["NAMES"], fetch))
