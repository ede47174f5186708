package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.DirectReplyTo;
import io.serai.bus.PublishResult;
import io.serai.bus.Request;
import io.serai.gateway.TextProperties;
import io.serai.gateway.coap.CoapOption;
import io.serai.model.Message;
import io.serai.model.ReplyTo;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallResourceTest {
  private final TestPeer peer = new TestPeer();

  @BeforeEach
  void declare() {
    peer.queues.add("rpc.com.acme.add");
  }

  private Message called() {
    return peer.publications().getLast().message();
  }

  private void answers(Message call, String body) {
    String queue = ((ReplyTo.Queue) Objects.requireNonNull(call.properties().replyTo())).name();
    String id = TextProperties.text(call.properties().correlationId());
    peer.deliver(queue, Messages.queue(queue, body, "correlation-id=" + id), null);
  }

  @Test
  void aCallGoesToTheProceduresQueueAndItsAnswerIsTheAnswer() {
    FakeReply reply =
        peer.post("/rpc/com/acme/add", "[1,2]", CoapOption.of(CoapOption.CONTENT_FORMAT, 50));
    assertThat(reply.isOpen()).isTrue();
    Message call = called();
    assertThat(call.address().exchange()).isEmpty();
    assertThat(call.topic()).hasToString("rpc.com.acme.add");
    assertThat(call.body().toUtf8()).isEqualTo("[1,2]");
    assertThat(call.properties().contentType()).isEqualTo("application/json");
    assertThat(call.properties().expiryMillis()).isEqualTo(30_000);
    answers(call, "3");
    assertThat(reply.text()).isEqualTo("2.04 3");
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theNameMayBeOneSegment() {
    peer.post("/rpc/com.acme.add", "");
    assertThat(called().topic()).hasToString("rpc.com.acme.add");
  }

  @Test
  void answersComeToAQueueOfThePeersOwnThatNeedsNoPermission() {
    peer.post("/rpc/com/acme/add", "");
    peer.post("/rpc/com/acme/add", "");
    assertThat(peer.asked(Request.DeclareQueue.class))
        .singleElement()
        .satisfies(declared -> assertThat(DirectReplyTo.isDeclaredBy(declared.spec())).isTrue());
  }

  @Test
  void callsAreToldApartAndAnswersMayOvertake() {
    FakeReply first = peer.post("/rpc/com/acme/add", "a");
    Message callA = called();
    FakeReply second = peer.post("/rpc/com/acme/add", "b");
    Message callB = called();
    answers(callB, "B");
    answers(callA, "A");
    answers(callA, "again");
    assertThat(first.text()).isEqualTo("2.04 A");
    assertThat(second.text()).isEqualTo("2.04 B");
  }

  @Test
  void theClientsOwnCorrelationIdDoesNotLeadTheAnswerAstray() {
    FakeReply reply =
        peer.post(
            "/rpc/com/acme/add",
            "",
            CoapOption.of(CoapOption.PROPERTY, "correlation-id=mine"),
            CoapOption.of(CoapOption.PROPERTY, "reply-to=/q/elsewhere"));
    answers(called(), "3");
    assertThat(reply.text()).isEqualTo("2.04 3");
  }

  @Test
  void aCallWithoutAnswerEndsInTime() {
    FakeReply reply = peer.post("/rpc/com/acme/add?timeout=5", "");
    Message call = called();
    assertThat(call.properties().expiryMillis()).isEqualTo(5_000);
    peer.elapse(4_999);
    assertThat(reply.isOpen()).isTrue();
    peer.elapse(1);
    assertThat(reply.text()).isEqualTo("5.04 no answer in time");
    answers(call, "late");
    assertThat(reply.code()).isEqualTo("5.04");
  }

  @Test
  void aProcedureThatIsNotThereIsNotFound() {
    assertThat(peer.post("/rpc/none", "").text()).isEqualTo("4.04 no procedure 'none'");
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void callingWithoutPermissionIsForbidden() {
    peer.session.routeWith(_ -> PublishResult.DENIED);
    assertThat(peer.post("/rpc/com/acme/add", "").code()).isEqualTo("4.03");
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void callsEndWithTheQueueOfTheirAnswers() {
    FakeReply reply = peer.post("/rpc/com/acme/add", "");
    peer.session.cancelConsumer(peer.consumer(peer.lastQueue()));
    assertThat(reply.code()).isEqualTo("5.03");
  }

  @Test
  void otherPathsAndMethodsAreRefused() {
    assertThat(peer.post("/rpc", "").code()).isEqualTo("4.00");
    assertThat(peer.get("/rpc/com/acme/add").code()).isEqualTo("4.05");
    assertThat(peer.post("/rpc/com/acme/add?timeout=0x1", "").code()).isEqualTo("4.00");
  }

  @Test
  void callsOfSeveralVhostsInTurnHaveAQueueInEach() {
    for (int i = 0; i < 3; i++) {
      peer.post("/rpc/com/acme/add?username=one:joe&password=x", "");
      peer.post("/rpc/com/acme/add?username=two:joe&password=x", "");
    }
    assertThat(peer.asked(Request.DeclareQueue.class))
        .extracting(it -> it.caller().vhost())
        .containsExactly("one", "two");
  }
}
