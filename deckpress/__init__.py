"""deckpress turns Markdown questions and answers into an Anki deck that can be kept alive.

Data flows one way, and a module imports only from the ones above it:

    patterns         regular expressions that are compiled when they are first used
    signals          Ctrl-C and the signals that end a process
    languages        scripts, which language a text is in, and words of languages
    worker_program   the program that a worker process runs
    process          standard streams, and what a process may take of the machine
    diagnostics      what can be wrong
    file_locks       files that keep processes apart: one build of a deck at a time
    filesystem       files on disk
    result_cache     what a later run need not work out again
    git              what git knows of a file, asked so that nothing of a repository runs
    workers          work that processes share
    forked           work that copies of this process share
    project          deck.toml and the folders → Project
    last_build       what the last build made and said, where nothing has changed since
    scaffold         a folder's name → the files of a new project
    media_formats    what a picture or a sound is by its bytes
    markdown         Markdown text → its tree of tokens with places
    notes            the tree → notes as written, in each style
    formulas         TeX → a MathJax field: macros, clozes, rows
    media            every file under its name in Anki's one flat folder
    anki             all that is Anki's: what it stores, and how
    note_types       fields, templates, style, ids
    lock             what learners have: finding a note again, dates, what an edit did
    diff             two packages → what learners get with the new one
    diagrams         blocks that describe a picture → PNG files under their keys
    render           note → HTML fields
    check            all notes → every problem at once
    pipeline         the steps above, a line each
    preview          the cards in a browser, while they are written or to share
    verify           real Anki: what learners get by importing a package, and lose
    release          a build that learners get: its version, notes, checksum, pages
    cli              options, progress, exit codes; a module for each command
    __main__         the command as a process: its signals and streams
"""

__version__ = "0.1.0"
