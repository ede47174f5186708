package io.serai.node.store;

import io.serai.routing.store.Spill;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop's pages of transient messages, in what {@link SpillFiles} has open for them. Those of a
 * volume that has failed are read there until they are forgotten. Confined to the loop.
 */
final class LoopSpill implements Spill {
  private final SpillFiles files;
  private final long owner;
  private final Executor onLoop;

  /** What has pages that are wanted, and the {@link #current} one last; few. */
  private final List<SpillShare> shares = new ArrayList<>(1);

  /** What is written to; null until it is open. */
  private @Nullable SpillShare current;

  private LongConsumer onWritten = _ -> {};
  private boolean isAsked;
  private long lastPage;
  private long writtenPosition;

  LoopSpill(SpillFiles files, int loop, Executor onLoop) {
    this.files = files;
    this.owner = loop + 1L;
    this.onLoop = onLoop;
  }

  @Override
  public boolean isOpen() {
    if (!isAsked) {
      isAsked = true;
      files.use(
          volume -> onLoop.execute(() -> opened(volume)),
          () -> onLoop.execute(() -> onWritten.accept(writtenPosition)));
    }
    return current != null && current.volume().takesPages();
  }

  private void opened(SpillVolume volume) {
    SpillShare before = current;
    boolean isNew = before == null || before.volume().number() < volume.number();
    if (!isNew || !volume.hold()) {
      return;
    }
    LoopNotice notice = new LoopNotice(onLoop);
    SpillShare next = new SpillShare(volume, owner, lastPage + 1, position(), notice, onLoop);
    notice.tell(position -> written(next, position));
    shares.add(next);
    current = next;
    if (before != null) {
      leave(before);
    }
    written(next, 0);
  }

  /** What an earlier volume says late concerns pages that are written anew if need be. */
  private void written(SpillShare share, long position) {
    if (share == current) {
      writtenPosition = share.openedAt() + position;
      onWritten.accept(writtenPosition);
    }
  }

  /** Gives up a share that is neither written nor wanted any more. */
  private void leave(SpillShare share) {
    if (share != current && !share.isWanted() && shares.remove(share)) {
      share.volume().release();
    }
  }

  private SpillShare current() {
    SpillShare open = current;
    if (open == null) {
      throw new IllegalStateException("pages can be written once it is open");
    }
    return open;
  }

  private SpillShare shareOf(long page) {
    for (int i = shares.size() - 1; i >= 0; i--) {
      if (shares.get(i).firstPage() <= page) {
        return shares.get(i);
      }
    }
    throw new IllegalStateException("page " + page + " was not written or is forgotten");
  }

  @Override
  public long write(Page page) {
    current().write(++lastPage, page);
    return lastPage;
  }

  @Override
  public void forget(long page) {
    SpillShare share = shareOf(page);
    share.forget(page);
    leave(share);
  }

  @Override
  public void read(long[] wanted, Consumer<@Nullable Page[]> read) {
    new Reading(wanted, read).begin();
  }

  /** Of pages that may be in several volumes. */
  private final class Reading {
    private final long[] wanted;
    private final Consumer<@Nullable Page[]> read;
    private final @Nullable Page[] found;
    private int underWay;

    Reading(long[] wanted, Consumer<@Nullable Page[]> read) {
      this.wanted = wanted.clone();
      this.read = read;
      this.found = new Page[wanted.length];
    }

    void begin() {
      for (SpillShare share : shares) {
        int[] own = new int[wanted.length];
        int count = 0;
        for (int i = 0; i < wanted.length; i++) {
          if (shareOf(wanted[i]) == share) {
            own[count++] = i;
          }
        }
        if (count > 0) {
          begin(share, Arrays.copyOf(own, count));
        }
      }
    }

    private void begin(SpillShare share, int[] own) {
      underWay++;
      share.read(
          Arrays.stream(own).mapToLong(i -> wanted[i]).toArray(),
          pages -> {
            for (int i = 0; i < own.length; i++) {
              found[own[i]] = pages[i];
            }
            leave(share);
            if (--underWay == 0) {
              read.accept(found);
            }
          });
    }
  }

  @Override
  public long position() {
    return current == null ? 0 : current.position();
  }

  @Override
  public long openedAt() {
    return current == null ? 0 : current.openedAt();
  }

  @Override
  public void flush() {
    if (current != null) {
      current.flush();
    }
  }

  @Override
  public void onWritten(LongConsumer written) {
    onWritten = written;
  }
}
