package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendTest {
  private final TestClient client = TestClient.connected("1.2");

  private void send(String headers, String body) {
    client.says("SEND\n" + headers + "\n\n" + body + "^@");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /queue/a             | /a x
          /queue/a%2Fb         | /a/b x
          /amq/queue/a         | /a x
          /reply-queue/a       | /a x
          /topic/a.b           | amq.topic/a.b x
          /exchange/e/k.l      | e/k.l x
          /exchange/e          | e/ x
          """)
  void aDestinationIsAnExchangeAndAKey(String destination, String expected) {
    client.queues.addAll(List.of("a", "a/b"));
    send("destination:" + destination, "x");
    assertThat(client.published()).containsExactly(expected);
    assertThat(client.asked).isEmpty();
    assertThat(client.sent()).isEmpty();
  }

  @Test
  void aQueueIsDeclaredDurableWhenFirstSentTo() {
    send("destination:/queue/new", "one");
    send("destination:/queue/new", "two");
    assertThat(client.asked(Request.DeclareQueue.class))
        .extracting(Request.DeclareQueue::spec)
        .containsExactly(
            new QueueSpec(
                "new",
                QueueKind.CLASSIC,
                Lifetime.DURABLE,
                false,
                Request.noArguments(),
                Source.CLIENT));
    assertThat(client.published()).containsExactly("/new one", "/new one", "/new two");
  }

  @Test
  void amqQueueNeverDeclares() {
    send("destination:/amq/queue/none\nreceipt:r", "x");
    assertThat(client.asked).isEmpty();
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r\n\n^@");
  }

  @Test
  void queueArgumentsAreTypedHeaders() {
    client.queues.add("q");
    String headers =
        "destination:/queue/q\nx-message-ttl:60000\nx-overflow:reject-publish\n"
            + "x-single-active-consumer:true\nx-dead-letter-exchange:dlx\nx-trace:5";
    send(headers, "one");
    send(headers, "two");
    assertThat(client.asked(Request.DeclareQueue.class))
        .extracting(it -> it.spec().arguments())
        .containsExactly(
            new Value.MapOf(
                List.of(
                    new Value.Entry(Value.of("x-message-ttl"), new Value.Long(60_000)),
                    new Value.Entry(Value.of("x-overflow"), Value.of("reject-publish")),
                    new Value.Entry(Value.of("x-single-active-consumer"), new Value.Bool(true)),
                    new Value.Entry(Value.of("x-dead-letter-exchange"), Value.of("dlx")))));
    assertThat(client.published()).containsExactly("/q one", "/q two");
  }

  @Test
  void aQueueArgumentThatIsNoneIsRefused() {
    send("destination:/queue/q\nx-max-length:many", "x");
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Invalid x-max-length\n")
        .contains("x-max-length is 'many', expected a whole number");
  }

  @Test
  void arguingWithAnExistingQueueIsRefusedAsTheBrokerSays() {
    client.answering(request ->
        request instanceof Request.DeclareQueue
            ? Result.refused(Refusal.PRECONDITION_FAILED, "inequivalent arg 'x-max-length'")
            : null);
    send("destination:/queue/q\nx-max-length:5\nreceipt:r", "x");
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:precondition_failed\nreceipt-id:r\n")
        .contains("PRECONDITION_FAILED - inequivalent arg");
    assertThat(client.session.closeReason()).isEqualTo("error");
    assertThat(client.published()).isEmpty();
  }

  // ---- receipts

  @Test
  void theReceiptWaitsUntilTheMessageIsSafe() {
    client.queues.add("a");
    send("destination:/queue/a\nreceipt:r:1", "x");
    send("destination:/queue/a\nreceipt:r2", "y");
    List<Recorded.Published> published = client.session.recorded(Recorded.Published.class);
    assertThat(published).extracting(Recorded.Published::flags).containsOnly(Publisher.CONFIRM);
    assertThat(client.sent()).isEmpty();
    client.session.confirm(true, published.get(1).token());
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r2\n\n^@");
    client.session.confirm(true, published.get(0).token());
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r\\c1\n\n^@");
  }

  @Test
  void aMessageNobodyWantsIsSafeAtOnce() {
    client.session.routeWith(_ -> PublishResult.UNROUTABLE);
    send("destination:/topic/a\nreceipt:r", "x");
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r\n\n^@");
  }

  @Test
  void aMessageThatAQueueRefusesIsAnError() {
    client.queues.add("full");
    send("destination:/queue/full\nreceipt:r", "x");
    long token = client.session.recorded(Recorded.Published.class).getFirst().token();
    client.session.confirm(false, token);
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Message refused\nreceipt-id:r\n")
        .contains("'/queue/full'");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void theReceiptOfDisconnectComesWhenAllThatWasSentIsSafe() {
    client.queues.add("a");
    send("destination:/queue/a\nreceipt:r", "x");
    client.says("DISCONNECT\nreceipt:bye\n\n^@");
    assertThat(client.sent()).isEmpty();
    long token = client.session.recorded(Recorded.Published.class).getFirst().token();
    client.session.confirm(true, token);
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r\n\n^@RECEIPT\nreceipt-id:bye\n\n^@");
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void theReceiptOfDisconnectSpeaksOfMessagesWithoutReceiptToo() {
    client.queues.add("a");
    send("destination:/queue/a", "x");
    client.session.answerWith(_ -> null);
    client.says("DISCONNECT\nreceipt:bye\n\n^@");
    assertThat(client.sent()).as("x is on its way").isEmpty();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.sent()).as("what it leaves behind is there still").isEmpty();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:bye\n\n^@");
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void whatIsOverTheRateIsNotTakenForUnroutable() {
    client.session.routeWith(_ -> PublishResult.SHED);
    send("destination:/queue/a", "x");
    assertThat(client.asked).as("nothing is declared for it").isEmpty();
    assertThat(client.sent()).isEmpty();
  }

  @Test
  void theReceiptOfDisconnectComesWhenNothingIsLeftBehind() {
    client.says("DISCONNECT\nreceipt:bye\n\n^@");
    assertThat(client.asked)
        .extracting(Object::getClass)
        .containsExactly(Request.AwaitPublished.class, Request.EndSession.class);
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:bye\n\n^@");
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void whoWaitsForTheReceiptOfDisconnectNeedNotBeatItsHeart() {
    client.session.answerWith(_ -> null);
    client.says("DISCONNECT\nreceipt:bye\n\n^@");
    client.session.timeOutReading();
    client.session.answerOk(Request.Done.DONE);
    client.session.timeOutReading();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:bye\n\n^@");
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void disconnectWithoutReceiptClosesAtOnce() {
    client.says("DISCONNECT\n\n^@");
    assertThat(client.sent()).isEmpty();
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  // ---- errors

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NO_EXCHANGE       | not_found      | NOT_FOUND - no exchange 'e' in vhost '/'
          DENIED            | access_refused | ACCESS_REFUSED - write access to exchange 'e' in vhost '/' refused for user 'guest'
          INTERNAL_EXCHANGE | access_refused | ACCESS_REFUSED - cannot publish to internal exchange 'e' in vhost '/'
          """)
  void whatMayNotBePublishedIsAnErrorInTheBrokersWords(
      PublishResult result, String message, String detail) {
    client.session.routeWith(_ -> result);
    send("destination:/exchange/e/k\nreceipt:r", "x");
    assertThat(client.sent())
        .isEqualTo(
            "ERROR\nmessage:%s\nreceipt-id:r\ncontent-type:text/plain\ncontent-length:%d\n\n%s\n^@"
                .formatted(message, detail.length() + 1, detail));
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          foo:1                    | Missing destination
          destination:queue/a      | Unknown destination
          destination:/queue/      | Unknown destination
          destination:/temp-queue/a | Invalid destination
          destination:/stream/     | Unknown destination
          """)
  void aDestinationThatIsNoneIsRefused(String headers, String message) {
    send(headers, "x");
    assertThat(client.sent()).startsWith("ERROR\nmessage:" + message + "\n");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void aSendToAStreamDeclaresItWhenItIsMissing() {
    client.queues.add("there");
    send("destination:/stream/there", "x");
    assertThat(client.published()).hasSize(1);
    assertThat(client.asked(Request.DeclareQueue.class)).isEmpty();
    send("destination:/stream/new", "x");
    assertThat(client.asked(Request.DeclareQueue.class).getFirst().spec().arguments())
        .isEqualTo(
            new Value.MapOf(
                List.of(new Value.Entry(Value.of("x-queue-type"), Value.of("stream")))));
  }

  @Test
  void aUserIdMustTellTheTruth() {
    client.queues.add("a");
    send("destination:/queue/a\nuser-id:guest", "x");
    assertThat(client.published()).hasSize(1);
    send("destination:/queue/a\nuser-id:root", "x");
    assertThat(client.sent()).contains("user_id property set to 'root'");
  }

  @Test
  void onErrorKeepLeavesTheConnectionOpen() {
    send("destination:/nowhere\nreceipt:r\non-error:keep", "x");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Unknown destination\nreceipt-id:r\n");
    assertThat(client.session.closeReason()).isNull();
    send("destination:/nowhere", "x");
    assertThat(client.session.closeReason()).isEqualTo("error");

    TestClient keeping = new TestClient().connect("1.2", "on-error:keep\n");
    keeping.says("SEND\ndestination:/nowhere\n\n^@ACK\nid:none\n\n^@");
    assertThat(keeping.sent()).contains("Unknown destination").contains("Message not found");
    assertThat(keeping.session.closeReason()).isNull();
    keeping.says("NONSENSE\n\n^@");
    assertThat(keeping.session.closeReason())
        .as("what is no frame still closes")
        .isEqualTo("error");
  }

  // ---- temporary queues

  @Test
  void aTempQueueInReplyToIsSubscribedToAndItsAddressSent() {
    client.queues.add("calls");
    send("destination:/queue/calls\nreply-to:/temp-queue/mine", "one");
    send("destination:/queue/calls\nreply-to:/temp-queue/mine", "two");
    QueueSpec spec = client.asked(Request.DeclareQueue.class).getFirst().spec();
    assertThat(spec.lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
    String queue = client.consumer().queue().name();
    List<Recorded.Published> published = client.session.recorded(Recorded.Published.class);
    assertThat(published)
        .hasSize(2)
        .allSatisfy(it ->
            assertThat(((StompEncoding) it.message().encoding()).first("reply-to"))
                .isEqualTo("/reply-queue/" + queue));
    client.deliver(client.consumer(), "answer");
    assertThat(client.sent())
        .startsWith("MESSAGE\nsubscription:/temp-queue/mine\n")
        .endsWith("\n\nanswer^@");
    client.says("UNSUBSCRIBE\nid:/temp-queue/mine\n\n^@");
    send("destination:/queue/calls\nreply-to:/temp-queue/mine", "three");
    assertThat(client.asked(Request.DeclareQueue.class)).as("made anew").hasSize(1);
  }

  @Test
  void aSubscriptionWhoseIdLooksLikeATempQueueIsNone() {
    client.queues.add("calls");
    client.says("SUBSCRIBE\nid:/temp-queue/mine\ndestination:/queue/calls\n\n^@");
    send("destination:/queue/calls\nreply-to:/temp-queue/mine\non-error:keep", "one");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Duplicated subscription identifier\n");
    assertThat(client.published()).isEmpty();
  }
}
