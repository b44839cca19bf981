"""deckpress turns Markdown questions and answers into an Anki deck that can be kept alive.

Data flows one way, and a module imports only from the ones above it:

    signals           Ctrl-C and the signals that end a process
    streams           standard streams that are closed, full or read by nobody
    errors            what can be wrong
    guards            files that keep processes apart: one build of a deck at a time
    scratch           temporary files
    filesystem        files on disk
    resource_limits   what a process may take of the machine
    git               what git knows of a file, asked so that nothing of a repository runs
    conflicts         what a git merge leaves in a file
    versions          what Anki takes as a name; which version comes after which
    remotes           where a repository comes from, read as text
    reporting         where a learner reports an error
    reading           what asks in files, as the author says it
    languages         scripts, and which language a text is in
    sources           folders → the texts of Markdown files
    labels            what cards and release notes say by themselves, by language
    phrases           what cards and release notes say by themselves, by language
    data_urls         `data:` addresses, which hold a file
    html_tokens       HTML → tags and texts with their places
    normal_forms      Unicode's normal forms in linear time
    notes             a note as written
    signatures        what a picture or a sound is by its bytes
    media             every file under its name in Anki's one flat folder
    worker_program    the program that such a process runs
    workers           work that processes share
    formulas          TeX → a MathJax field: macros, deletions, rows
    diagrams          blocks that describe a picture → PNG files under their keys
    render            note → HTML fields
    anki              all that is Anki's: what it stores, and how
    lone_names        what a deck without deck.toml is called, and what keeps it apart
    project           deck.toml and the folders → Project
    parse             Markdown text → notes with lines
    filing            a note's deck and tags
    note_types        fields, templates, style, ids
    scaffold          a folder's name → the files of a new project
    check             all notes → every problem at once
    lock              what learners have: finding a note again, dates, what an edit did
    pipeline          the steps above, a line each
    diff              two packages → what learners get with the new one
    verify            real Anki: what learners get by importing a package, and lose
    release           a build that learners get: its version, notes, checksum
    cli               options, progress, exit codes; a module for each command
    __main__          the command as a process: its signals and streams
"""

__version__ = "0.1.0"
