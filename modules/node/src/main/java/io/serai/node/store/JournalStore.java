package io.serai.node.store;

import io.serai.routing.store.Fact;
import io.serai.routing.store.NodeStore;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.Opened;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Keeps what routing stores in a journal, and streams in folders of their own. */
public final class JournalStore implements NodeStore {
  /** In the data folder. */
  public static final String FOLDER = "journal";

  private final Journal journal;
  private final Opened opened;
  private final DiskStreams streams;
  private final SpillFiles spill;
  private final WatchedDisk disk;
  private RunCounter runs = new RunCounter(0);

  private JournalStore(Opened opened, DiskStreams streams, SpillFiles spill, WatchedDisk disk) {
    this.opened = opened;
    this.streams = streams;
    this.spill = spill;
    this.disk = disk;
    this.journal = opened.journal();
  }

  /**
   * Opens the journal and the streams in a data folder.
   *
   * @throws IOException when they are in use, newer than this program or damaged; says what to do
   */
  public static JournalStore open(
      Path dataFolder,
      JournalOptions options,
      FileSystemSeam files,
      JournalListener listener,
      JournalListener streamListener)
      throws IOException {
    WatchedDisk disk = new WatchedDisk("the journal", listener);
    Opening opening = () -> Journal.open(dataFolder.resolve(FOLDER), options, files, disk);
    Opened first = opening.open();
    DiskStreams streams;
    try {
      boolean isComplete = first.report().damage().isEmpty();
      streams = DiskStreams.open(dataFolder, isComplete, files, streamListener);
      files.syncFolder(dataFolder); // the names of both folders, at the first start
    } catch (IOException | RuntimeException e) {
      first.journal().close();
      throw e;
    }
    try {
      SpillFiles spill = new SpillFiles(dataFolder, files);
      Opened opened = withoutLeftovers(first, streams, disk, opening);
      return new JournalStore(opened, streams, spill, disk);
    } catch (IOException | RuntimeException e) {
      streams.close();
      first.journal().close();
      throw e;
    }
  }

  /** As above, with one listener for both. */
  public static JournalStore open(
      Path dataFolder, JournalOptions options, FileSystemSeam files, JournalListener listener)
      throws IOException {
    return open(dataFolder, options, files, listener, listener);
  }

  @FunctionalInterface
  private interface Opening {
    Opened open() throws IOException;
  }

  /** An open journal in which nothing is left half done. */
  private static Opened withoutLeftovers(
      Opened opened, DiskStreams streams, WatchedDisk disk, Opening again) throws IOException {
    Leftovers left = new Leftovers(opened.recovered(), streams, FirstWrite.starts(facts(opened)));
    if (left.isEmpty()) {
      return opened;
    }
    try (Journal journal = opened.journal()) {
      left.finish(journal, disk);
    }
    return again.open();
  }

  private static List<Fact> facts(Opened opened) {
    List<Fact> facts = new ArrayList<>();
    opened
        .recovered()
        .forEachFact(
            (kind, key, value) -> facts.add(new Fact(Byte.toUnsignedInt(kind), key, value)));
    return facts;
  }

  @Override
  public Recovered recover() {
    List<Fact> facts = facts(opened);
    MessageLoader loader = new MessageLoader(journal, opened.recovered());
    Recovered recovered = loader.load(facts);
    long starts = FirstWrite.starts(facts) + 1;
    runs = new RunCounter(starts);
    // On a full disk nobody waits: it is in the journal ahead of everything that this run has to
    // say. If it is lost, so is that, and its sequences can be given out again.
    disk.awaitUnlessFull(FirstWrite.write(journal, handle -> FirstWrite.putStarts(handle, starts)));
    return recovered;
  }

  @Override
  public Store open(int loop, Executor onLoop) {
    Executor tasks = new LoopTasks(onLoop);
    return new LoopJournal(journal, tasks, runs, spill.ofLoop(loop, tasks));
  }

  @Override
  public StreamStore openStreams(int loop, Executor onLoop) {
    return streams.ofLoop(new LoopTasks(onLoop));
  }

  /** Why transient messages cannot be written out and stay in memory now; empty else. */
  public Optional<String> spillTrouble() {
    return spill.trouble();
  }

  /** The journal itself. */
  public Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    streams.close();
    spill.close();
    journal.close();
  }
}
