package io.serai.storage.journal;

/**
 * An open journal and what was in it.
 *
 * @param journal works from now on
 * @param recovered what was live when it was opened; let go of it when it has been used
 */
public record Opened(Journal journal, RecoveryReport report, Recovered recovered) {}
