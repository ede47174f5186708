package io.serai.storage.journal;

import java.time.Duration;
import java.util.List;

/**
 * What opening a journal found.
 *
 * @param segments files that hold records
 * @param bytes their size
 * @param liveReferences messages of all owners
 * @param livePayloads contents they share
 * @param facts keys with a value
 * @param cutBytes torn, never synced bytes behind the last whole record; they are cut off
 * @param lostReferences messages whose content was in a damaged segment (only with acceptDamage)
 * @param damage what was not as written
 * @param rebuiltFooters segments whose content is whole although their footer was not
 */
public record RecoveryReport(
    int segments,
    long bytes,
    long liveReferences,
    long livePayloads,
    long facts,
    long cutBytes,
    long lostReferences,
    List<Damage> damage,
    int rebuiltFooters,
    Duration took) {}
