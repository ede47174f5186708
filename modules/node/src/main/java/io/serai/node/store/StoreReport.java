package io.serai.node.store;

import io.serai.routing.store.Store;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalCheck;
import io.serai.storage.journal.JournalStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in the data folder of a node that does not run, in lines of text. Reads every record and
 * changes nothing.
 *
 * @param isWhole whether a node can start on it without losing anything that was confirmed
 * @param findings one line for each place that is not as written
 * @param summary what is live, in one line
 * @param segments one line for each file
 */
public record StoreReport(
    boolean isWhole, List<String> findings, String summary, List<String> segments) {
  /**
   * Reads a data folder.
   *
   * @throws IOException when a node has it, a newer program wrote it, or it cannot be read
   */
  public static StoreReport of(Path dataFolder) throws IOException {
    JournalCheck.Report report =
        JournalCheck.check(dataFolder.resolve(JournalStore.FOLDER), new RealFiles());
    List<String> findings = new ArrayList<>();
    report.damage().forEach(damage -> findings.add("damaged: " + damage));
    if (report.lostReferences() > 0) {
      findings.add(report.lostReferences() + " messages without their content");
    }
    if (report.tornBytes() > 0) {
      findings.add(
          report.tornBytes() + " bytes at the end were never confirmed; the next start cuts them");
    }
    List<String> segments = new ArrayList<>();
    for (JournalStats.SegmentStats segment : report.stats().segments()) {
      segments.add(
          "%s  %d bytes, %d live%s"
              .formatted(
                  segment.file(),
                  segment.bytes(),
                  segment.liveBytes(),
                  segment.sealed() ? "" : ", open"));
    }
    return new StoreReport(report.isWhole(), findings, summary(report.stats()), segments);
  }

  private static String summary(JournalStats stats) {
    long retained = stats.owners().getOrDefault(Store.RETAINED_OWNER, 0L);
    long delayed = stats.owners().getOrDefault(Store.DELAYED_OWNER, 0L);
    long queues =
        stats.owners().keySet().stream()
            .filter(owner -> owner != Store.RETAINED_OWNER && owner != Store.DELAYED_OWNER)
            .count();
    return "%d messages in %d queues, %d retained, %d delayed, %d facts, %d bytes on disk"
        .formatted(
            stats.references() - retained - delayed,
            queues,
            retained,
            delayed,
            stats.facts(),
            stats.diskBytes());
  }
}
