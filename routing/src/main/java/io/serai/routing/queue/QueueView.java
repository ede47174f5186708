package io.serai.routing.queue;

import io.serai.bus.ConsumerView;
import io.serai.model.Message;
import io.serai.routing.selector.Selector;
import io.serai.routing.selector.SelectorException;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue as one consumer sees them that does not simply take them all: those
 * its selector lets through, in the queue's order, from a place of its own. Looking takes time only
 * for messages that it has not looked at yet; others may take messages away or bring them back
 * meanwhile.
 */
final class QueueView {
  private final Backlog ready;
  private final Selector selector;
  private final ConsumerView.Mode mode;

  /** One per priority, made when the priority has come up. */
  private final @Nullable RunView[] runs;

  /** What was not there when browsing began is not shown; null where everything is. */
  private final long @Nullable [] ends;

  private @Nullable RunView found;

  /** The run that {@link #look} cannot go on in before something is loaded. */
  private @Nullable RunView waiting;

  private QueueView(Backlog ready, Selector selector, ConsumerView.Mode mode) {
    this.ready = ready;
    this.selector = selector;
    this.mode = mode;
    this.runs = new RunView[ready.runCount()];
    this.ends = mode == ConsumerView.Mode.BROWSE ? new long[runs.length] : null;
    for (int i = 0; ends != null && i < ends.length; i++) {
      ReadyMessages run = ready.run(i);
      ends[i] = run == null ? 0 : run.nextSequence();
    }
  }

  /**
   * What a consumer of the queue sees, from its first message on; null when that is everything.
   *
   * @throws SelectorException the selector is none
   */
  static @Nullable QueueView of(Backlog ready, ConsumerView asked) throws SelectorException {
    if (asked.isPlain()) {
      return null;
    }
    return new QueueView(ready, Selector.of(asked), asked.mode());
  }

  /** Whether messages that are seen stay in the queue. */
  boolean isBrowsing() {
    return mode != ConsumerView.Mode.TAKE;
  }

  /** Whether it ends behind what was there when it began. */
  boolean isEnding() {
    return mode == ConsumerView.Mode.BROWSE;
  }

  /** Whether the message may be shown. */
  boolean lets(Message message) {
    return selector.matches(message);
  }

  /** Whether there is nothing that was not looked at. Takes constant time. */
  boolean isAtEnd() {
    for (int i = 0; i < runs.length; i++) {
      RunView run = run(i);
      if (run != null && !run.isAtEnd()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Looks for the first message to show; {@link #found} says whether there was one.
   *
   * @param most messages to look at, at least 1
   * @return how many it looked at; more than {@code most} when the last was hard to look at
   */
  int look(int most) {
    found = null;
    waiting = null;
    int looked = 0;
    for (int i = runs.length - 1; i >= 0 && looked < most; i--) {
      RunView run = run(i);
      if (run != null && !run.isAtEnd()) {
        looked += run.look(most - looked);
        if (run.found() != null) {
          found = run;
          return looked;
        }
        if (run.awaited() != null) {
          waiting = run;
          return looked;
        }
      }
    }
    return looked;
  }

  /** Where something has to be loaded before {@link #look} can go on; null when it can. */
  @Nullable RunView waiting() {
    return waiting;
  }

  /** Where the message stands that {@link #look} found, until it is removed or passed. */
  @Nullable RunCursor found() {
    return found == null ? null : found.found();
  }

  /** Takes what was found out of the queue. */
  void removeFound() {
    RunView run = found;
    RunCursor at = found();
    if (run != null && at != null) {
      ready.removing(at);
      run.removeFound();
      ready.removed(at.position);
      run.passFound();
      found = null;
    }
  }

  /** Goes past what was found, which stays. */
  void passFound() {
    if (found != null) {
      found.passFound();
      found = null;
    }
  }

  /** A message is back in its old place. */
  void cameBack(long sequence) {
    RunView run = isBrowsing() ? null : run(ready.runOf(sequence));
    if (run != null) {
      run.cameBack(sequence);
    }
  }

  private @Nullable RunView run(int index) {
    RunView view = runs[index];
    if (view == null) {
      ReadyMessages run = ready.run(index);
      if (run == null) {
        return null;
      }
      view = new RunView(run, selector, ends == null ? Long.MAX_VALUE : ends[index]);
      runs[index] = view;
    }
    return view;
  }
}
