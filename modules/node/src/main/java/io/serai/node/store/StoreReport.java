package io.serai.node.store;

import io.serai.routing.store.Store;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalCheck;
import io.serai.storage.journal.JournalStats;
import io.serai.storage.stream.StreamCheck;
import java.io.IOException;
import java.nio.file.Files;
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
 * @param segments one line for each file of the journal and for each stream
 */
public record StoreReport(
    boolean isWhole, List<String> findings, String summary, List<String> segments) {
  /**
   * Reads a data folder.
   *
   * @throws IOException when a node has it, a newer program wrote it, or it cannot be read
   */
  public static StoreReport of(Path dataFolder) throws IOException {
    RealFiles files = new RealFiles();
    JournalCheck.Report report = JournalCheck.check(dataFolder.resolve(JournalStore.FOLDER), files);
    StreamCheck.Report streams = streams(dataFolder.resolve(DiskStreams.FOLDER), files);
    List<String> findings = new ArrayList<>();
    report.damage().forEach(damage -> findings.add("damaged: " + damage));
    streams.damage().forEach(damage -> findings.add("damaged: " + damage));
    if (report.lostReferences() > 0) {
      findings.add(report.lostReferences() + " messages without their content");
    }
    long tornBytes = report.tornBytes() + streams.tornBytes();
    if (tornBytes > 0) {
      findings.add(tornBytes + " bytes at the end were never confirmed; the next start cuts them");
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
    for (StreamCheck.StreamStats stream : streams.streams()) {
      segments.add(
          "stream %d  messages %d to %d in %d segments, %d bytes"
              .formatted(
                  stream.stream(),
                  stream.firstOffset(),
                  stream.endOffset() - 1,
                  stream.segments(),
                  stream.bytes()));
    }
    return new StoreReport(
        report.isWhole() && streams.damage().isEmpty(),
        findings,
        summary(report.stats()) + summary(streams.streams()),
        segments);
  }

  /** A data folder that has no streams may have no folder for them. */
  private static StreamCheck.Report streams(Path folder, RealFiles files) throws IOException {
    return Files.isDirectory(folder)
        ? StreamCheck.check(folder, files)
        : new StreamCheck.Report(List.of(), List.of(), 0);
  }

  private static String summary(List<StreamCheck.StreamStats> streams) {
    if (streams.isEmpty()) {
      return "";
    }
    long messages = streams.stream().mapToLong(one -> one.endOffset() - one.firstOffset()).sum();
    long bytes = streams.stream().mapToLong(StreamCheck.StreamStats::bytes).sum();
    return "; %d messages in %d streams, %d bytes".formatted(messages, streams.size(), bytes);
  }

  private static String summary(JournalStats stats) {
    long retained = stats.owners().getOrDefault(Store.RETAINED_OWNER, 0L);
    long delayed = stats.owners().getOrDefault(Store.DELAYED_OWNER, 0L);
    long queues =
        stats.owners().keySet().stream().filter(owner -> owner > Store.TRANSACTION_OWNER).count();
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
