package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Pages of transient messages as bytes, written as soon as they are flushed unless held back. */
public final class MemorySpill implements Spill {
  private record Written(long[] sequences, List<byte[]> messages, long position) {}

  private final Executor onLoop;
  private final Map<Long, Written> pages = new HashMap<>();
  private final Set<Long> lost = new HashSet<>();
  private boolean isOpen;
  private boolean isHeld;
  private boolean hasFailed;
  private long lastPage;
  private long openedAt;
  private long position;
  private long told;
  private long reads;
  private LongConsumer onWritten = _ -> {};

  MemorySpill(Executor onLoop) {
    this.onLoop = onLoop;
  }

  /** From now on nothing is written until {@link #goOn}. */
  public void hold() {
    isHeld = true;
  }

  /** From now on nothing is written; what was can be read. */
  public void fail() {
    hasFailed = true;
    isHeld = true;
  }

  /** After {@link #fail}: pages are taken again; what was not written then never will be. */
  public void openAgain() {
    pages.forEach((page, written) -> {
      if (written.position() > told) {
        lost.add(page);
      }
    });
    openedAt = position;
    told = position;
    hasFailed = false;
    isHeld = false;
    onLoop.execute(() -> onWritten.accept(told));
  }

  /** What was said can be read back. */
  public void goOn() {
    isHeld = false;
    flush();
  }

  /** From now on none of the pages there are can be read. */
  public void loseAll() {
    lost.addAll(pages.keySet());
  }

  /** They can be read again. */
  public void find() {
    lost.clear();
  }

  /** How many pages are kept. */
  public int pageCount() {
    return pages.size();
  }

  /** How many were ever written. */
  public long writtenCount() {
    return lastPage;
  }

  /** How often pages were asked for. */
  public long readCount() {
    return reads;
  }

  @Override
  public boolean isOpen() {
    if (!isOpen) {
      onLoop.execute(() -> {
        isOpen = true;
        onWritten.accept(told);
      });
    }
    return isOpen && !hasFailed;
  }

  @Override
  public long write(Page page) {
    List<byte[]> messages = new ArrayList<>();
    for (Message message : page.messages()) {
      ByteBuf out = Unpooled.buffer();
      StoredMessages.write(message, out);
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      messages.add(bytes);
    }
    pages.put(++lastPage, new Written(page.sequences(), messages, ++position));
    return lastPage;
  }

  @Override
  public void forget(long page) {
    if (pages.remove(page) == null) {
      throw new IllegalStateException("page " + page + " is forgotten twice");
    }
    position++;
  }

  @Override
  public void read(long[] wanted, Consumer<@Nullable Page[]> read) {
    reads++;
    onLoop.execute(() -> {
      @Nullable Page[] found = new Page[wanted.length];
      for (int i = 0; i < wanted.length; i++) {
        Written written = pages.get(wanted[i]);
        found[i] = written == null || lost.contains(wanted[i]) ? null : decoded(written);
      }
      read.accept(found);
    });
  }

  private static Page decoded(Written written) {
    StoredMessages reader = new StoredMessages();
    Message[] messages = new Message[written.sequences().length];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = reader.read(Unpooled.wrappedBuffer(written.messages().get(i)));
    }
    return new Page(written.sequences(), messages);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long openedAt() {
    return openedAt;
  }

  @Override
  public void flush() {
    if (!isHeld && told != position) {
      long upTo = position;
      told = position;
      onLoop.execute(() -> onWritten.accept(upTo));
    }
  }

  @Override
  public void onWritten(LongConsumer written) {
    onWritten = written;
  }
}
