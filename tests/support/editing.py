"""A deck's author at work: ordinary edits of notes of which the truth is known.

A note is the same note as long as its number is the same. What is written is as hard to tell apart
as decks are: questions of one pattern, answers that many notes share, copies that are edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from deckpress.lock.similarity import fold

_TOPICS = (
    *("merge sort", "heap sort", "quick sort", "insertion sort", "radix sort", "binary search"),
    *("breadth-first search", "depth-first search", "union-find", "a trie", "a skip list"),
    *("L1 regularization", "L2 regularization", "dropout", "batch norm", "layer norm"),
    *("Iran", "Iraq", "Niger", "Nigeria", "Guinea", "Guyana", "词嵌入", "负采样", "遗忘门", "池化"),
)
_PATTERNS = (
    *("What is the complexity of {}?", "What is the worst case of {}?", "Is {} stable?"),
    *("When would you use {}?", "What is the capital of {}?", "Who invented {}?"),
    *("How does {} work?", "什么是{}？", "{}有什么用？", "为什么要用{}？"),
)
_SHORT = ("Yes.", "No.", "O(n log n)", "O(n)", "O(log n)", "O(1)", "是。", "1970", "Two.")
_SHARED = (
    "It depends on the input.",
    "Its time is proportional to n log n.",
    "Only while training, never at test time.",
    "只在训练时使用，测试时不用。",
)
_WORDS = (
    *"gate cell layer weight token vector matrix sample batch loss node edge leaf root".split(),
    *"keeps splits merges hides scales shifts adds drops reads writes sorts swaps".split(),
    *"small large sparse dense early late single whole hidden final random sorted".split(),
    *"of the a with without into over under before after until because".split(),
)
_CHARACTERS = "词向量梯度池化门层权重训练输入输出样本损失节点状态归一化残差注意力编码解码"


@dataclass(frozen=True)
class Written:
    """A note as its author knows it: the same note as long as its number is the same."""

    number: int
    asked: str
    answer: str
    id: str = ""
    under: str = ""
    """The heading above; empty without one."""

    @property
    def markdown(self) -> str:
        """The item of a list."""
        head = f"# {self.under}\n\n" if self.under else ""
        mark = f" <!-- id={self.id} -->" if self.id else ""
        return f"{head}1. {self.asked}{mark}\n\n   {self.answer}\n\n"


Files = Mapping[str, tuple[Written, ...]]


@dataclass
class Author:
    """Edits a deck: each edit is an ordinary one, and its truth is known."""

    chance: Random
    files: dict[str, tuple[Written, ...]] = field(default_factory=dict)
    built: dict[int, Written] = field(default_factory=dict)
    """All notes that were ever built, as they were then."""
    living: frozenset[int] = frozenset()
    """The notes of the last build."""
    away: dict[int, Written] = field(default_factory=dict)
    """Notes that were taken out."""
    made: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    """Whose each question is, or was, under its heading: an equal one is by definition the same
    note."""

    def notes(self) -> list[Written]:
        """Return the notes of the deck, in order."""
        return [note for notes in self.files.values() for note in notes]

    def see_built(self) -> None:
        """Remember what was built; of notes that are away, learners know only that."""
        self.living = frozenset(note.number for note in self.notes())
        self.built |= {note.number: note for note in self.notes()}
        self.away = {index: self.built[index] for index in self.away if index in self.built}

    def _answer(self) -> str:
        draw = self.chance.random()
        if draw < 0.25:
            return self.chance.choice(_SHORT)
        if draw < 0.4:
            return self.chance.choice(_SHARED)
        return self._sentence(self.chance.randint(3, 30))

    def _sentence(self, length: int) -> str:
        if self.chance.random() < 0.3:
            return "".join(self.chance.choices(_CHARACTERS, k=length)) + "。"
        return " ".join(self.chance.choices(_WORDS, k=length)).capitalize() + "."

    def _question(self) -> str:
        if self.chance.random() < 0.6:
            return self.chance.choice(_PATTERNS).format(self.chance.choice(_TOPICS))
        return self._sentence(self.chance.randint(4, 9))[:-1] + "?"

    def _is_free(self, asked: str, number: int, under: str = "") -> bool:
        return self.asked.get(f"{fold(asked)} {under}", number) == number

    def _claim(self, note: Written) -> Written:
        self.asked[f"{fold(note.asked)} {note.under}"] = note.number
        return note

    def _new(self) -> Written | None:
        asked = self._question()
        self.made += 1
        if not self._is_free(asked, self.made):
            return None
        return self._claim(Written(self.made, asked, self._answer()))

    def _put(self, note: Written, beside: Written | None = None) -> None:
        name = next((file for file, notes in self.files.items() if beside in notes), None)
        name = name or self.chance.choice([*self.files])
        notes = self.files[name]
        at = notes.index(beside) + 1 if beside in notes else self.chance.randint(0, len(notes))
        self.files[name] = (*notes[:at], note, *notes[at:])

    def _pick(self) -> Written | None:
        notes = self.notes()
        return self.chance.choice(notes) if notes else None

    def _remove(self, note: Written) -> None:
        self.files = {
            name: tuple(other for other in notes if other.number != note.number)
            for name, notes in self.files.items()
        }

    def replace_note(self, old: Written, new: Written) -> None:
        """Write a note anew, unless another one asks that, or did."""
        if not self._is_free(new.asked, new.number, new.under) or self._leaves_its_twin(old, new):
            return
        self._claim(new)
        self.files = {
            name: tuple(new if note.number == old.number else note for note in notes)
            for name, notes in self.files.items()
        }

    def _leaves_its_twin(self, old: Written, new: Written) -> bool:
        """Return whether a note's question would be that of a new twin alone.

        A question that one note alone has is by definition the same note.
        """
        twins = (twin for twin in self.notes() if twin.asked == old.asked != new.asked)
        return any(twin.number not in self.living for twin in twins if twin.number != old.number)

    def insert(self) -> None:
        """Write a new note somewhere."""
        if note := self._new():
            self._put(note)

    def retire(self) -> None:
        """Take a note out; it may come back."""
        if note := self._pick():
            self._remove(note)
            self.away[note.number] = note

    def _back(self) -> Written | None:
        if not self.away:
            return None
        return self.away.pop(self.chance.choice([*self.away]))

    def bring_back(self) -> None:
        """Put a note back as it was."""
        if note := self._back():
            self._put(replace(note, id=""))

    def bring_back_edited(self) -> None:
        """Put a note back with another wording of its question, its answer, or both."""
        if note := self._back():
            asked, answer = note.asked, note.answer
            which = self.chance.randrange(3)
            asked = self._small_change(asked) if which != 1 else asked
            answer = self._small_change(answer) if which != 0 else answer
            if self._is_free(asked, note.number, note.under):
                self._put(self._claim(replace(note, asked=asked, answer=answer, id="")))
            else:
                self.away[note.number] = note

    def move(self) -> None:
        """Move a note to another place, most often in another file."""
        if note := self._pick():
            self._remove(note)
            self._put(note)

    def reorder(self) -> None:
        """Put the notes of each file into another order."""
        for name, notes in self.files.items():
            self.files[name] = tuple(self.chance.sample(notes, len(notes)))

    def rename_file(self) -> None:
        """Give a file another name."""
        name, new = self.chance.choice([*self.files]), f"file{self.chance.randrange(9)}"
        if new not in self.files:
            self.files = {
                new if file == name else file: notes for file, notes in self.files.items()
            }

    def _small_change(self, text: str) -> str:
        """Change, add or leave out a word; where there is one word only, a letter at its end."""
        words = text.split(" ")
        if any(topic in text for topic in _TOPICS):  # with another topic it is another question
            begin, _, rest = text.partition(" ")
            longer = f"{begin} really {rest}" if rest and begin.isascii() else f"到底{text}"
            return self.chance.choice((longer, text.replace(" is ", "'s "), text[:-1]))
        if len(words) < 3:
            index = self.chance.randint(1, max(1, len(text) - 1))
            return text[:index] + self.chance.choice(_CHARACTERS + "aeinrst") + text[index:]
        index, new = self.chance.randrange(len(words)), self.chance.choice(_WORDS)
        how = self.chance.randrange(3)
        return " ".join([*words[:index], *([new] if how < 2 else []), *words[index + (how > 0) :]])

    def reword(self) -> None:
        """Change a word of a question."""
        if note := self._pick():
            self.replace_note(note, replace(note, asked=self._small_change(note.asked)))

    def reword_wholly(self) -> None:
        """Ask in quite other words, with the same answer."""
        if (note := self._pick()) and note.number in self.living:
            self.replace_note(note, replace(note, asked=self._sentence(7)[:-1] + "?"))

    def rewrite(self) -> None:
        """Change a word of an answer, or write another one."""
        if note := self._pick():
            is_small = self.chance.random() < 0.6
            answer = self._small_change(note.answer) if is_small else self._answer()
            self.replace_note(note, replace(note, answer=answer))

    def revise(self) -> None:
        """Change a word of a question, and of its answer."""
        if (note := self._pick()) and note.number in self.living:
            asked, answer = self._small_change(note.asked), self._small_change(note.answer)
            self.replace_note(note, replace(note, asked=asked, answer=answer))

    def swap_answers(self) -> None:
        """Let two notes change their answers for each other: they had been mixed up."""
        if len(notes := self.notes()) > 1:
            first, second = self.chance.sample(notes, 2)
            self.replace_note(first, replace(first, answer=second.answer))
            self.replace_note(second, replace(second, answer=first.answer))

    def share_answer(self) -> None:
        """Give a note the answer of another one."""
        if len(notes := self.notes()) > 1:
            first, second = self.chance.sample(notes, 2)
            self.replace_note(first, replace(first, answer=second.answer))

    def take_question(self) -> None:
        """Take a note out, and ask another one in the words of that one."""
        notes = self.notes()
        known = [*notes, *self.away.values()]
        if len(known) > 1 and notes:
            chosen = self.chance.choice(notes)
            if chosen.number not in self.living:  # a new note in old words is the old note
                return
            source = self.chance.choice([note for note in known if note.number != chosen.number])
            self._remove(source)
            self.away.pop(source.number, None)
            self.asked[f"{fold(source.asked)} {chosen.under}"] = chosen.number
            self.replace_note(chosen, replace(chosen, asked=source.asked))

    def split(self) -> None:
        """Make two notes of one, which keeps its question and half of its answer."""
        if (note := self._pick()) and len(words := note.answer.split(" ")) > 7:
            first, second = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
            self.replace_note(note, replace(note, answer=first))
            if new := self._new():
                self._put(replace(new, answer=second), beside=None)

    def merge(self) -> None:
        """Make one note of two, which keeps the question of one of them."""
        if len(notes := self.notes()) > 1:
            first, second = self.chance.sample(notes, 2)
            self.replace_note(first, replace(first, answer=f"{first.answer} {second.answer}"))
            self._remove(second)
            self.away[second.number] = second

    def settle_ids(self) -> None:
        """Take ids that stand in two notes from the later one, as an error asks for."""
        seen: set[str] = set()
        for note in sorted(self.notes(), key=lambda note: note.number):
            if note.id and note.id in seen:
                self.replace_note(note, replace(note, id=""))
            seen.add(note.id)

    def add_id(self) -> None:
        """Give a note an id, if it has none: an id is never changed."""
        if (note := self._pick()) and not note.id:
            self.replace_note(note, replace(note, id=f"note-{note.number}"))

    def remove_id(self) -> None:
        """Take a note's id away, from its copies as well, since the lock knows it by now."""
        if note := self._pick():
            for other in self.notes():
                if other.id == note.id:
                    self.replace_note(other, replace(other, id=""))

    def copy(self) -> None:
        """Copy a note, id and all, and make another one of the copy."""
        if note := self._pick():
            self.made += 1
            topic = self.chance.choice(_TOPICS)
            known = next((word for word in _TOPICS if word in note.asked), None)
            asked = note.asked.replace(known, topic) if known else self._small_change(note.asked)
            answer = note.answer if self.chance.random() < 0.4 else self._answer()
            copied = Written(self.made, asked, answer, note.id)
            if self._is_free(asked, self.made):
                self._put(self._claim(copied), beside=note)

    def add_twin(self) -> None:
        """Ask what another note asks, under another heading."""
        if note := self._pick():
            self.made += 1
            under = self.chance.choice(_TOPICS)
            if self._is_free(note.asked, self.made, under):
                self._put(self._claim(Written(self.made, note.asked, self._answer(), under=under)))

    def reword_heading(self) -> None:
        """Reword the heading above a note, or move the note below another one."""
        if note := self._pick():
            under = self.chance.choice((f"{note.under} again", self.chance.choice(_TOPICS)))
            self.replace_note(note, replace(note, under=under))

    def duplicate_file(self) -> None:
        """Copy a file, and make other notes of some of those in the copy; drop the others."""
        name, new = self.chance.choice([*self.files]), f"file{self.chance.randrange(9)}"
        if new not in self.files:
            kept: list[Written] = []
            for note in self.files[name]:
                self.made += 1
                asked = self._small_change(note.asked)
                if self.chance.random() < 0.5 and self._is_free(asked, self.made):
                    answer = self._small_change(note.answer)
                    kept.append(self._claim(Written(self.made, asked, answer, note.id)))
            self.files[new] = tuple(kept)


EDITS: Mapping[str, tuple[Callable[[Author], None], int]] = {
    edit.__name__: (edit, weight)
    for edit, weight in (
        *((Author.insert, 12), (Author.retire, 10), (Author.bring_back, 4)),
        *((Author.bring_back_edited, 4), (Author.move, 5), (Author.reorder, 2)),
        *((Author.rename_file, 1), (Author.reword, 12), (Author.reword_wholly, 4)),
        *((Author.rewrite, 8), (Author.revise, 8), (Author.swap_answers, 2)),
        *((Author.share_answer, 3), (Author.take_question, 1), (Author.split, 2)),
        *((Author.merge, 2), (Author.add_id, 2), (Author.remove_id, 2), (Author.copy, 5)),
        *((Author.duplicate_file, 1), (Author.add_twin, 4), (Author.reword_heading, 3)),
    )
}
