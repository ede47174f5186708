package io.serai.node.store;

import io.serai.routing.store.Spill.Page;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.RefAttributes;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has in one {@link SpillVolume}: each page is a payload in its journal, under an
 * owner that is the loop's. Confined to the loop.
 */
final class SpillShare {
  /** Larger than the number of any page that was written elsewhere before. */
  private final long firstPage;

  /** The loop's position when this was opened. */
  private final long openedAt;

  private final SpillVolume volume;
  private final long owner;
  private final JournalHandle handle;
  private final PageReader<Page> pages;

  /** Pages that are not forgotten, and reads under way. */
  private int wanted;

  /**
   * @param volume that the loop holds
   */
  SpillShare(
      SpillVolume volume,
      long owner,
      long firstPage,
      long openedAt,
      LoopNotice notice,
      Executor onLoop) {
    this.volume = volume;
    this.owner = owner;
    this.firstPage = firstPage;
    this.openedAt = openedAt;
    this.handle = volume.journal().handle(notice);
    this.pages = new PageReader<>(volume.journal(), onLoop, Page[]::new, () -> SpillPage::read);
  }

  SpillVolume volume() {
    return volume;
  }

  long firstPage() {
    return firstPage;
  }

  long openedAt() {
    return openedAt;
  }

  /** Of the loop: what it has said here comes on top of what it had said before. */
  long position() {
    return openedAt + handle.position();
  }

  boolean isWanted() {
    return wanted > 0;
  }

  void write(long number, Page page) {
    SpillPage payload = new SpillPage(page);
    handle.append(owner, number, payload, RefAttributes.ofBody(payload.bodyBytes()));
    wanted++;
  }

  void forget(long number) {
    if (!volume.hasFailed()) {
      handle.settle(owner, number);
    }
    wanted--;
  }

  void read(long[] numbers, Consumer<@Nullable Page[]> read) {
    wanted++;
    pages.load(
        owner,
        numbers,
        found -> {
          wanted--;
          read.accept(found);
        });
  }

  void flush() {
    handle.flush();
  }
}
