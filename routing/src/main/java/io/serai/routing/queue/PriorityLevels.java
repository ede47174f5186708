package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue with priorities ({@code x-max-priority}): one run for each priority
 * that has come up, the highest one first. A priority beyond the queue's highest counts as that.
 * Which run a message belongs to is part of its sequence, so sequences stay unique in the queue and
 * a returned message finds its old place. Finding the first run takes constant time.
 */
final class PriorityLevels {
  /** Bits of a sequence below the priority: 280 million million messages of each. */
  private static final int SEQUENCE_BITS = Store.SEQUENCE_BITS;

  private final int highest;
  private final @Nullable TopicPriorities byTopic;
  private final @Nullable Paging paging;
  private long firstSequence;
  private final @Nullable ReadyMessages[] levels;
  private final BitSet occupied;
  private int size;

  /**
   * @param highest priority that is told apart, 1 to 255
   * @param byTopic which priority messages have, null where they say themselves
   * @param paging told what comes and goes; null where every message stays in memory
   */
  PriorityLevels(int highest, @Nullable TopicPriorities byTopic, @Nullable Paging paging) {
    this.highest = highest;
    this.byTopic = byTopic;
    this.paging = paging;
    this.levels = new ReadyMessages[highest + 1];
    this.occupied = new BitSet(highest + 1);
  }

  /** Ready messages of all priorities. */
  int size() {
    return size;
  }

  /** The run of the highest priority that has messages; an empty one when none has. */
  ReadyMessages first() {
    return level(Math.max(0, occupied.length() - 1));
  }

  /**
   * The run that makes room for others: as in RabbitMQ the first one; where the queue says which
   * topics matter, the one that matters least.
   */
  ReadyMessages yielding() {
    return byTopic == null ? first() : level(Math.max(0, occupied.nextSetBit(0)));
  }

  /** The sequence of a message that is delivered at once; only while nothing is ready. */
  long passBy(Message message) {
    return level(priority(message)).passBy();
  }

  /** Appends a message and answers its sequence. */
  long add(Message message, @Nullable MatchData match) {
    return occupy(priority(message)).add(message, match);
  }

  /** The priority that a sequence of any queue stands for. */
  static int priorityOf(long sequence) {
    return (int) (sequence >>> SEQUENCE_BITS);
  }

  /** From now on sequences are at least this, not counting the priority. */
  void startAt(long sequence) {
    firstSequence = sequence;
    for (int priority = 0; priority <= highest; priority++) {
      ReadyMessages level = levels[priority];
      if (level != null) {
        level.startAt(((long) priority << SEQUENCE_BITS) | sequence);
      }
    }
  }

  /** Puts a message back to its old place, with the delivery count it has now. */
  void giveBack(Returned back) {
    occupy(levelOf(back.sequence())).giveBack(back);
  }

  /** The run that gets a message of this sequence back after a restart. */
  ReadyMessages restoring(long sequence) {
    return occupy(levelOf(sequence));
  }

  /** Messages of a run turned out to be lost. */
  void lost(ReadyMessages run, int count) {
    size -= count;
    if (run.isEmpty()) {
      occupied.clear(levelOf(run.nextSequence()));
    }
  }

  /** How many priorities are told apart. */
  int count() {
    return levels.length;
  }

  /** The run of a priority, null when it has not come up yet. */
  @Nullable ReadyMessages get(int priority) {
    return levels[priority];
  }

  /** A message was taken out of its run. */
  void removed(long sequence) {
    size--;
    int level = levelOf(sequence);
    if (level(level).isEmpty()) {
      occupied.clear(level);
    }
  }

  /** The priority that the message of this sequence has here. */
  int levelOf(long sequence) {
    return Math.min(highest, (int) (sequence >>> SEQUENCE_BITS));
  }

  /** Moves everything into objects of their own, the highest priority first; sequences go on. */
  List<ReadyMessages> takeAll() {
    List<ReadyMessages> all = new ArrayList<>(occupied.cardinality());
    for (int level; (level = occupied.length() - 1) >= 0; occupied.clear(level)) {
      all.add(level(level).takeAll());
    }
    size = 0;
    return all;
  }

  /** Hands over every message that is here and everything that is not. */
  void forEach(Consumer<Message> action, Consumer<Absent> ofAbsent) {
    occupied.stream().forEach(level -> level(level).forEach(action, ofAbsent));
  }

  private ReadyMessages occupy(int priority) {
    occupied.set(priority);
    size++;
    return level(priority);
  }

  /** The priority that a message has here. */
  int priority(Message message) {
    TopicPriorities topics = byTopic;
    return Math.min(highest, topics == null ? message.encoding().priority() : topics.of(message));
  }

  private ReadyMessages level(int priority) {
    ReadyMessages level = levels[priority];
    if (level == null) {
      level = new ReadyMessages(((long) priority << SEQUENCE_BITS) | firstSequence, paging);
      levels[priority] = level;
      if (paging != null) {
        paging.add(level);
      }
    }
    return level;
  }
}
