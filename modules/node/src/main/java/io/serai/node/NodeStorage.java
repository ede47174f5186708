package io.serai.node;

import io.serai.bus.Principal;
import io.serai.node.store.JournalStore;
import io.serai.routing.RestoredNode;
import io.serai.routing.store.NodeStore;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's journal in its data folder, and what the node does when it is full or fails:
 * publishers wait while there is no space, and a failed write or sync ends the node.
 */
final class NodeStorage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeStorage.class);

  /** What AMQP clients read in connection.blocked, in RabbitMQ's words. */
  static final String LOW_ON_DISK = "low on disk";

  private final DataFolder data;
  private final MemoryWatch.Gate gate;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private @Nullable JournalStore store;

  NodeStorage(DataFolder data, PublisherBrake brake) {
    this.data = data;
    this.gate = brake.gate(LOW_ON_DISK);
  }

  /**
   * Opens the journal and reads what earlier runs have left.
   *
   * @param users finds users by name
   * @throws StartFailure when the journal cannot be used
   */
  RestoredNode open(Function<String, Principal> users) {
    try {
      JournalStore opened =
          JournalStore.open(
              data.path(), JournalOptions.defaults(), new RealFiles(), new Listener());
      store = opened;
      return RestoredNode.of(opened.recover(), users);
    } catch (IOException | IllegalStateException e) {
      throw new StartFailure("data folder %s: %s".formatted(data.path(), e.getMessage()), e);
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

  /** Completes when the journal has failed. */
  CompletableFuture<Throwable> failure() {
    return failure;
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }

  /** On the journal's threads. */
  private final class Listener implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      log.atError()
          .addKeyValue("folder", data.path())
          .setCause(cause)
          .log("journal failed, the node stops");
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
      log.atError().addKeyValue("damage", damage).log("journal damaged, run `serai store check`");
    }
  }
}
