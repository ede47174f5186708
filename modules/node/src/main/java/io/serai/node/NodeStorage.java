package io.serai.node;

import io.serai.bus.Principal;
import io.serai.node.store.JournalStore;
import io.serai.routing.RestoredNode;
import io.serai.routing.store.NodeStore;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's journal and streams in its data folder, and what the node does when it is full or
 * fails: publishers wait while there is no space, and a failed write or sync ends the node.
 */
final class NodeStorage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeStorage.class);

  /** What AMQP clients read in connection.blocked, in RabbitMQ's words. */
  static final String LOW_ON_DISK = "low on disk";

  private final DataFolder data;
  private final MemoryWatch.Gate journalGate;
  private final MemoryWatch.Gate streamGate;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private volatile @Nullable JournalStore store;
  private @Nullable BackupDesk backups;

  NodeStorage(DataFolder data, PublisherBrake brake) {
    this.data = data;
    journalGate = brake.gate(LOW_ON_DISK);
    streamGate = brake.gate(LOW_ON_DISK + " for streams");
  }

  /**
   * Opens journal and streams and reads what earlier runs have left.
   *
   * @param users finds users by name
   * @throws StartFailure when they cannot be used
   */
  RestoredNode open(Function<String, Principal> users) {
    try {
      checkDescriptors();
      JournalStore opened =
          JournalStore.open(
              data.path(),
              StorageFaults.options(),
              StorageFaults.files(),
              new Listener("journal", journalGate),
              new Listener("streams", streamGate));
      store = opened;
      BackupDesk desk = new BackupDesk(data.path(), opened.journal());
      backups = desk;
      desk.start();
      return RestoredNode.of(opened.recover(), users);
    } catch (IOException | IllegalStateException e) {
      throw new StartFailure("data folder %s: %s".formatted(data.path(), e.getMessage()), e);
    }
  }

  private void checkDescriptors() throws IOException {
    Path journal = data.path().resolve(JournalStore.FOLDER);
    if (!Files.isDirectory(journal)) {
      return;
    }
    try (Stream<Path> files = Files.list(journal)) {
      Optional<String> refusal =
          FileDescriptors.refusal(FileDescriptors.limit(), FileDescriptors.open(), files.count());
      if (refusal.isPresent()) {
        throw new StartFailure("data folder %s: %s".formatted(data.path(), refusal.get()));
      }
    }
  }

  /** Where loops write; only after {@link #open}. */
  NodeStore stores() {
    JournalStore opened = store;
    if (opened == null) {
      throw new IllegalStateException("the journal is not open");
    }
    return opened;
  }

  /** Completes when the journal or a stream has failed. */
  CompletableFuture<Throwable> failure() {
    return failure;
  }

  /** Heap bytes of the journal's index of messages; 0 before it is open. From any thread. */
  long indexBytes() {
    JournalStore opened = store;
    return opened == null ? 0 : opened.journal().indexBytes();
  }

  /** Why transient backlogs stay in memory now; empty when they do not. From any thread. */
  Optional<String> spillTrouble() {
    JournalStore opened = store;
    return opened == null ? Optional.empty() : opened.spillTrouble();
  }

  @Override
  public void close() {
    if (backups != null) {
      backups.close();
    }
    if (store != null) {
      store.close();
    }
  }

  /** On the threads of the journal or of the streams. */
  private final class Listener implements JournalListener {
    private final String what;
    private final MemoryWatch.Gate gate;

    Listener(String what, MemoryWatch.Gate gate) {
      this.what = what;
      this.gate = gate;
    }

    @Override
    public void failed(Throwable cause) {
      log.atError()
          .addKeyValue("folder", data.path())
          .setCause(cause)
          .log(what + " failed, the node stops");
      failure.complete(cause);
    }

    @Override
    public void full(long freeBytes, long neededBytes) {
      log.atWarn()
          .addKeyValue("folder", data.path())
          .addKeyValue("free_bytes", freeBytes)
          .addKeyValue("needed_bytes", neededBytes)
          .log("disk full, publishers blocked");
      gate.block();
    }

    @Override
    public void spaceAgain() {
      log.atInfo().addKeyValue("folder", data.path()).log("disk has space, publishers go on");
      gate.unblock();
    }

    @Override
    public void damaged(Damage damage) {
      log.atError().addKeyValue("damage", damage).log(what + " damaged, run `serai store check`");
    }
  }
}
