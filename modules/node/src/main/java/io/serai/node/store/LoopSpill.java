package io.serai.node.store;

import io.serai.routing.store.Spill;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.RefAttributes;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop's pages of transient messages: each is a payload in the journal of {@link SpillFiles},
 * under an owner that is the loop's. Confined to the loop.
 */
final class LoopSpill implements Spill {
  private final SpillFiles files;
  private final long owner;
  private final Executor onLoop;
  private final LoopNotice notice;
  private LongConsumer onWritten = _ -> {};
  private boolean isAsked;

  /** Both null until it is open. */
  private @Nullable JournalHandle handle;

  private @Nullable PageReader<Page> pages;
  private long lastPage;
  private long writtenPosition;

  LoopSpill(SpillFiles files, int loop, Executor onLoop) {
    this.files = files;
    this.owner = loop + 1L;
    this.onLoop = onLoop;
    this.notice = new LoopNotice(onLoop);
    notice.tell(this::written);
  }

  private void written(long position) {
    writtenPosition = position;
    onWritten.accept(position);
  }

  @Override
  public boolean isOpen() {
    if (!isAsked) {
      isAsked = true;
      files.whenOpen(journal -> onLoop.execute(() -> opened(journal)));
    }
    return handle != null && files.takesPages();
  }

  private void opened(Journal journal) {
    handle = journal.handle(notice);
    pages = new PageReader<>(journal, onLoop, Page[]::new, () -> SpillPage::read);
    files.whenSpaceAgain(() -> onLoop.execute(() -> written(writtenPosition)));
    written(0);
  }

  private JournalHandle handle() {
    JournalHandle open = handle;
    if (open == null) {
      throw new IllegalStateException("pages can be written once it is open");
    }
    return open;
  }

  @Override
  public long write(Page page) {
    SpillPage payload = new SpillPage(page);
    handle().append(owner, ++lastPage, payload, RefAttributes.ofBody(payload.bodyBytes()));
    return lastPage;
  }

  @Override
  public void forget(long page) {
    handle().settle(owner, page);
  }

  @Override
  public void read(long[] wanted, Consumer<@Nullable Page[]> read) {
    PageReader<Page> reader = pages;
    if (reader == null) {
      throw new IllegalStateException("pages can be read once they are written");
    }
    reader.load(owner, wanted, read);
  }

  @Override
  public long position() {
    return handle == null ? 0 : handle.position();
  }

  @Override
  public void flush() {
    if (handle != null) {
      handle.flush();
    }
  }

  @Override
  public void onWritten(LongConsumer written) {
    onWritten = written;
  }
}
