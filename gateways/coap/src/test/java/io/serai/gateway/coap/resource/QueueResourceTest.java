package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Request;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueResourceTest {
  private final NodeResources node = new NodeResources(TestPeer.names());
  private final TestPeer peer = new TestPeer(TestPeer.info(true, null), node, 1);

  @BeforeEach
  void declare() {
    peer.queues.add("jobs");
  }

  private void hasReady(String... bodies) {
    ArrayDeque<Message> messages = new ArrayDeque<>();
    for (String body : bodies) {
      messages.add(Messages.queue("jobs", body));
    }
    peer.ready.put("jobs", messages);
  }

  private static String tagPath(FakeReply taken) {
    return "/" + String.join("/", taken.options(CoapOption.LOCATION_PATH));
  }

  @Test
  void postPutsIntoAQueueThatExists() {
    assertThat(peer.post("/q/jobs", "x").code()).isEqualTo("2.04");
    assertThat(peer.published()).containsExactly("/jobs x CONFIRM");
    assertThat(peer.post("/q/none", "x").text()).isEqualTo("4.04 no queue 'none' in vhost '/'");
    assertThat(peer.non(CoapCode.POST, "/q/none", "x").code()).isEqualTo("4.04");
  }

  @Test
  void getTakesOneAndTellsItsTag() {
    hasReady("one", "two");
    FakeReply taken = peer.get("/q/jobs");
    assertThat(taken.text()).isEqualTo("2.05 one");
    assertThat(taken.options(CoapOption.LOCATION_PATH)).containsExactly("q", "jobs", "name0001");
    assertThat(peer.settled()).isEmpty();
    assertThat(peer.isHolding()).isTrue();
  }

  @Test
  void whatWasDeliveredBeforeSaysHowOften() {
    hasReady("one", "two");
    assertThat(peer.get("/q/jobs").options(CoapOption.PROPERTY)).isEmpty();
    peer.deliveryCount = 2;
    assertThat(peer.get("/q/jobs").options(CoapOption.PROPERTY))
        .containsExactly("delivery-count=2");
  }

  @Test
  void deleteOfTheTagAcknowledges() {
    hasReady("one");
    FakeReply taken = peer.get("/q/jobs");
    assertThat(peer.delete(tagPath(taken)).code()).isEqualTo("2.02");
    assertThat(peer.settled()).containsExactly("ACCEPTED one");
    assertThat(peer.delete(tagPath(taken)).code()).isEqualTo("4.04");
  }

  @Test
  void aMessageCanBeGivenBackOrRefused() {
    hasReady("one", "two");
    FakeReply one = peer.get("/q/jobs");
    FakeReply two = peer.get("/q/jobs");
    peer.delete(tagPath(one) + "?requeue=1");
    peer.delete(tagPath(two) + "?reject=1");
    assertThat(peer.settled()).containsExactly("RETURNED one", "REJECTED two");
  }

  @Test
  void theTagIsGoodFromAnotherPortOfTheSameUserOnly() {
    hasReady("one");
    FakeReply taken = peer.get("/q/jobs");
    TestPeer stranger = new TestPeer(TestPeer.info(true, null), node, 2);
    stranger.login = new AuthResult.Granted(new Unrestricted("somebody"));
    assertThat(stranger.delete(tagPath(taken)).code()).isEqualTo("4.04");
    TestPeer same = new TestPeer(TestPeer.info(true, null), node, 3);
    assertThat(same.delete(tagPath(taken)).code()).isEqualTo("2.02");
    assertThat(same.settled()).containsExactly("ACCEPTED one");
  }

  @Test
  void whatIsNotAcknowledgedInTimeGoesBack() {
    hasReady("one", "two");
    FakeReply taken = peer.get("/q/jobs?hold=10");
    peer.elapse(9_999);
    assertThat(peer.settled()).isEmpty();
    peer.elapse(1);
    assertThat(peer.settled()).containsExactly("RETURNED one");
    assertThat(peer.isHolding()).isFalse();
    assertThat(peer.delete(tagPath(taken)).code()).isEqualTo("4.04");
  }

  @Test
  void whatAPeerHoldsGoesWithIt() {
    hasReady("one");
    FakeReply taken = peer.get("/q/jobs");
    peer.session.disconnect();
    TestPeer same = new TestPeer(TestPeer.info(true, null), node, 3);
    assertThat(same.delete(tagPath(taken)).code()).isEqualTo("4.04");
  }

  @Test
  void anEmptyOrMissingQueueIsNotFound() {
    assertThat(peer.get("/q/jobs").text()).isEqualTo("4.04 queue 'jobs' is empty");
    assertThat(peer.get("/q/none").text()).isEqualTo("4.04 no queue 'none' in vhost '/'");
  }

  @Test
  void getWaitsForAMessage() {
    FakeReply waiting = peer.get("/q/jobs?wait=20");
    assertThat(waiting.isOpen()).isTrue();
    assertThat(peer.consumer("jobs").options().initialCredit()).isEqualTo(1);
    peer.deliver("jobs", Messages.queue("jobs", "late"), null);
    assertThat(waiting.text()).isEqualTo("2.05 late");
    assertThat(peer.asked(Request.CancelConsumer.class)).hasSize(1);
    assertThat(peer.delete(tagPath(waiting)).code()).isEqualTo("2.02");
    assertThat(peer.settled()).containsExactly("ACCEPTED late");
  }

  @Test
  void aWaitEndsAndWhatComesThenGoesBack() {
    FakeReply waiting = peer.get("/q/jobs?wait=20");
    peer.elapse(20_000);
    assertThat(waiting.text()).isEqualTo("4.04 queue 'jobs' is empty");
    assertThat(peer.asked(Request.CancelConsumer.class)).hasSize(1);
    peer.deliver("jobs", Messages.queue("jobs", "too late"), null);
    assertThat(peer.settled()).containsExactly("RETURNED too late");
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aWaitEndsWithItsQueue() {
    FakeReply waiting = peer.get("/q/jobs?wait=20");
    peer.session.cancelConsumer(peer.consumer("jobs"));
    assertThat(waiting.code()).isEqualTo("4.04");
  }

  @Test
  void otherPathsAndMethodsAreRefused() {
    assertThat(peer.get("/q").code()).isEqualTo("4.00");
    assertThat(peer.get("/q/jobs/tag").code()).isEqualTo("4.05");
    assertThat(peer.put("/q/jobs", "x").code()).isEqualTo("4.05");
    assertThat(peer.delete("/q/jobs").code()).isEqualTo("4.05");
    assertThat(peer.get("/q/jobs?wait=241").code()).isEqualTo("4.00");
    assertThat(peer.published()).isEqualTo(List.of());
  }

  @Test
  void whatIsAcknowledgedMakesRoomAtOnce() {
    for (int i = 0; i <= QueueResource.MAX_HELD; i++) {
      hasReady("one");
      FakeReply taken = peer.get("/q/jobs?hold=3600");
      assertThat(taken.text()).isEqualTo("2.05 one");
      assertThat(peer.delete(tagPath(taken)).code()).isEqualTo("2.02");
    }
    assertThat(peer.isHolding()).isFalse();
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aPeerHoldsNoMoreThanItMay() {
    TestPeer elsewhere = new TestPeer(TestPeer.info(true, null), node, 2);
    FakeReply last = peer.get("/q/jobs");
    for (int i = 0; i < QueueResource.MAX_HELD; i++) {
      hasReady("one");
      last = peer.get("/q/jobs");
    }
    hasReady("too many");
    assertThat(peer.get("/q/jobs").code()).isEqualTo("5.03");
    assertThat(elsewhere.delete(tagPath(last)).code()).isEqualTo("2.02");
    assertThat(peer.get("/q/jobs").text()).isEqualTo("2.05 too many");
  }
}
