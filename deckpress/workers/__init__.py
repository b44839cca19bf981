"""Work that processes share: many jobs in, an answer for each of them out.

`pool` has the processes, `process` is one of them as it is seen from here, `program` what runs in
it. They end with this process, however that ends.
"""

from deckpress.workers.pool import work_all
from deckpress.workers.process import Failure, Reason

__all__ = ["Failure", "Reason", "work_all"]
