package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.serai.bus.Caller;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.SessionRef;
import io.serai.bus.Source;
import io.serai.bus.Unrestricted;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishingTest {
  private static final long LOOP_BYTES = 4 * PublisherGate.CONSUMER_BYTES;
  private static final Caller CALLER =
      new Caller(new SessionRef(0, 1), new Unrestricted("me"), "/", "");

  private static final QueueSpec QUEUE =
      new QueueSpec(
          "q", QueueKind.CLASSIC, Lifetime.DURABLE, false, Request.noArguments(), Source.CLIENT);

  private final PublisherGate gate = new PublisherGate(LOOP_BYTES);
  private final List<String> sent = new ArrayList<>();
  private final List<String> notRouted = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  /** Topics that lead nowhere. */
  private final Set<String> nowhere = new HashSet<>();

  /** Topics that fail to be routed. */
  private final Set<String> broken = new HashSet<>();

  private int readOn;

  private final Publishing publishing = entered();

  private Publishing entered() {
    Publishing one =
        new Publishing(
            gate, () -> readOn++, (token, why) -> notRouted.add(token + " " + why), failures::add);
    one.enter(publisher());
    return one;
  }

  private Publisher publisher() {
    return new Publisher() {
      private final List<String> open = new ArrayList<>();

      @Override
      public PublishResult publish(Message message, int flags, @Nullable PublishOnce once) {
        if (nowhere.contains(message.topic().toString())) {
          return PublishResult.UNROUTABLE;
        }
        if (broken.contains(message.topic().toString())) {
          throw new IllegalStateException("seeded failure of " + message.topic());
        }
        if ((flags & CHECK) == 0) {
          open.add(message.topic().toString());
        }
        return PublishResult.ROUTED;
      }

      @Override
      public int flush(long batchId) {
        sent.addAll(open);
        open.clear();
        return 0;
      }
    };
  }

  @Test
  void whoComesInAgainSendsWhatWasOpenFirst() {
    publish(publishing, "a", 10);
    publishing.enter(publisher());
    publish(publishing, "b", 10);
    publishing.flush();
    assertThat(sent).containsExactly("a", "b");
  }

  private static void publish(Publishing by, String name, int bytes) {
    publish(by, name, bytes, 0);
  }

  private static void publish(Publishing by, String name, int bytes, int flags) {
    Message message =
        new Message(
            Address.ofQueue(name),
            Encoding.Neutral.NONE,
            Body.of(new byte[bytes]),
            new Origin("line", "/", "me", ""),
            0);
    assertThat(by.publish(message, flags, 0, null)).isEqualTo(PublishResult.ROUTED);
    by.flush();
  }

  @Test
  void anOpenGateHoldsNothing() {
    publish(publishing, "a", 1 << 22);
    assertThat(sent).containsExactly("a");
    assertThat(publishing.isFull()).isFalse();
  }

  @Test
  void aShutGateParksInOrderUpToThePublishersBytes() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 10);
    publish(publishing, "b", 10);
    assertThat(publishing.isFull()).isFalse();
    publish(publishing, "c", (int) PublisherGate.PUBLISHER_BYTES);
    assertThat(publishing.isFull()).isTrue();
    assertThat(sent).isEmpty();
    gate.setMemoryLow(false);
    gate.letGo();
    assertThat(sent).containsExactly("a", "b", "c");
    assertThat(publishing.isFull()).isFalse();
    assertThat(readOn).isEqualTo(1);
  }

  @Test
  void whatIsParkedIsRoutedWhenItLeaves() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 10, Publisher.CONFIRM);
    nowhere.add("a");
    publish(publishing, "c", 10, Publisher.CONFIRM);
    assertThat(notRouted).isEmpty();
    gate.setMemoryLow(false);
    gate.letGo();
    assertThat(sent).containsExactly("c");
    assertThat(notRouted).containsExactly("0 UNROUTABLE");
    nowhere.remove("a");
    publish(publishing, "a", 10, Publisher.CONFIRM);
    assertThat(sent).containsExactly("c", "a");
  }

  @Test
  void whatComesWhenTheGateHasOpenedGoesBehindWhatIsParked() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 10);
    gate.setMemoryLow(false);
    publish(publishing, "b", 10);
    assertThat(sent).containsExactly("a", "b");
  }

  @Test
  void aConsumerHasMoreRoom() {
    publishing.flushBefore(new Request.Get(CALLER, "q", false));
    gate.setMemoryLow(true);
    publish(publishing, "a", (int) PublisherGate.PUBLISHER_BYTES);
    assertThat(publishing.isFull()).isFalse();
    publish(publishing, "b", (int) PublisherGate.CONSUMER_BYTES);
    assertThat(publishing.isFull()).isTrue();
  }

  @Test
  void publishersLeaveHalfOfTheRoomToConsumers() {
    Publishing consumer = entered();
    consumer.flushBefore(new Request.Get(CALLER, "q", false));
    gate.setMemoryLow(true);
    gate.park(entered(), LOOP_BYTES / 2);
    publish(publishing, "a", 1);
    publish(consumer, "b", 1);
    assertThat(publishing.isFull()).isTrue();
    assertThat(consumer.isFull()).isFalse();
    gate.park(entered(), LOOP_BYTES / 2);
    assertThat(consumer.isFull()).isTrue();
  }

  @Test
  void whatAnEndedConnectionParkedWaitsForTheGateWillsIncluded() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 1_000);
    publishing.leave();
    publish(publishing, "will", 10);
    assertThat(sent).as("closing is no way past a shut gate").isEmpty();
    gate.setMemoryLow(false);
    gate.letGo();
    assertThat(sent).containsExactly("a", "will");
    gate.setMemoryLow(true);
    Publishing other = entered();
    publish(other, "b", 1);
    assertThat(other.isFull()).as("its room was given back").isFalse();
  }

  @Test
  void whoEndsWhileThereIsNoRoomGivesItBackAndItsMessagesLeave() {
    gate.setMemoryLow(true);
    publish(publishing, "a", (int) LOOP_BYTES);
    publishing.leave();
    publish(publishing, "will", 10);
    assertThat(sent).containsExactly("a", "will");
    Publishing other = entered();
    publish(other, "b", 1);
    assertThat(other.isFull()).isFalse();
  }

  @Test
  void aRequestAboutMessagesTakesParkedOnesAlongAndTheBoundStays() {
    gate.setMemoryLow(true);
    publish(publishing, "a", (int) PublisherGate.PUBLISHER_BYTES);
    publishing.flushBefore(new Request.CheckExchange(CALLER, "x"));
    assertThat(sent).isEmpty();
    publishing.flushBefore(new Request.PurgeQueue(CALLER, "q"));
    assertThat(sent).containsExactly("a");
    assertThat(publishing.isFull()).isTrue();
  }

  @Test
  void aRetainedMessageLeavesInItsTurnBehindWhatIsParkedAndTheBoundStays() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 1);
    publish(publishing, "kept", (int) PublisherGate.PUBLISHER_BYTES, Publisher.RETAIN);
    assertThat(sent).containsExactly("a", "kept");
    assertThat(publishing.isFull()).isTrue();
    publish(publishing, "b", 1);
    assertThat(sent).as("parked again").containsExactly("a", "kept");
    gate.setMemoryLow(false);
    gate.letGo();
    assertThat(sent).containsExactly("a", "kept", "b");
    assertThat(publishing.isFull()).isFalse();
  }

  @Test
  void aDeclareWhoseAnswerCountsMessagesTakesParkedOnesAlong() {
    gate.setMemoryLow(true);
    publish(publishing, "a", 1);
    publishing.flushBefore(new Request.DeclareQueue(CALLER, QUEUE));
    assertThat(sent).containsExactly("a");
  }

  @Test
  void aGateThatShutsAgainKeepsTheRest() {
    Publishing second = entered();
    gate.setMemoryLow(true);
    publish(publishing, "a", 1);
    publish(second, "b", 1);
    gate.setMemoryLow(false);
    Publishing shutting =
        new Publishing(gate, () -> gate.setCrowded(true), (_, _) -> {}, failures::add);
    gate.park(shutting, 0);
    Publishing last = entered();
    gate.park(last, PublisherGate.PUBLISHER_BYTES);
    gate.letGo();
    assertThat(sent).containsExactly("a", "b");
    assertThat(gate.isOpen()).isFalse();
    assertThat(gate.isFull(0, false)).isFalse();
    gate.setCrowded(false);
    gate.letGo();
    assertThat(gate.isFull(0, true)).isFalse();
  }

  @Test
  void whoFailsToGoOnIsNoReasonForOthersToWait() {
    Publishing unread =
        new Publishing(gate, () -> fail("cannot be read on"), (_, _) -> {}, failures::add);
    unread.enter(publisher());
    Publishing last = entered();
    gate.setMemoryLow(true);
    publish(publishing, "a", 1);
    publish(unread, "b", 1);
    publish(last, "c", 1);
    broken.add("a");
    gate.setMemoryLow(false);
    gate.letGo();
    assertThat(sent).containsExactly("b", "c");
    assertThat(failures)
        .extracting(Throwable::getMessage)
        .containsExactly("seeded failure of a", "cannot be read on");
    assertThat(gate.parkedBytes()).isZero();
  }
}
