package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.CreditWindow;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeTest {
  private final TestClient client = TestClient.connected("1.2");

  private void subscribe(String headers) {
    client.says("SUBSCRIBE\n" + headers + "\n\n^@");
  }

  private QueueSpec declared() {
    return client.asked(Request.DeclareQueue.class).getFirst().spec();
  }

  @Test
  void aQueueThatExistsIsReadAsItIs() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a\nreceipt:r");
    assertThat(client.asked(Request.DeclareQueue.class)).isEmpty();
    assertThat(client.consumer().options())
        .isEqualTo(
            new ConsumerOptions("1", true, false, 0, CreditMode.GRANTED, CreditWindow.FIRST));
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:r\n\n^@");
  }

  @Test
  void aQueueThatIsMissingIsDeclaredDurable() {
    subscribe("id:1\ndestination:/queue/new");
    QueueSpec spec = declared();
    assertThat(spec.name()).isEqualTo("new");
    assertThat(spec.lifetime()).isEqualTo(Lifetime.DURABLE);
    assertThat(client.consumer().queue().name()).isEqualTo("new");
  }

  @Test
  void theHeadersShapeTheQueue() {
    subscribe("id:1\ndestination:/queue/t\ndurable:false\nauto-delete:true\nx-max-priority:9");
    QueueSpec spec = declared();
    assertThat(spec.lifetime()).isEqualTo(Lifetime.TRANSIENT);
    assertThat(spec.autoDelete()).isTrue();
    assertThat(spec.arguments().entries()).hasSize(1);

    subscribe("id:2\ndestination:/queue/x\nexclusive:true");
    assertThat(declared().lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
  }

  @Test
  void amqQueueMustExist() {
    subscribe("id:1\ndestination:/amq/queue/none\nreceipt:r");
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:not_found\nreceipt-id:r\n")
        .contains("NOT_FOUND - no queue 'none' in vhost '/'");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @ParameterizedTest
  @CsvSource({"/topic/a.*.b,amq.topic,a.*.b", "/exchange/logs/#,logs,#", "/exchange/all,all,''"})
  void aTopicHasAQueueOfTheSubscriptionsOwn(String destination, String exchange, String key) {
    subscribe("id:1\ndestination:" + destination);
    QueueSpec spec = declared();
    assertThat(spec.name()).startsWith("stomp-subscription-");
    assertThat(spec.lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
    assertThat(spec.autoDelete()).isTrue();
    BindingSpec binding = client.asked(Request.Bind.class).getFirst().bindings().getFirst();
    assertThat(binding.source()).isEqualTo(exchange);
    assertThat(binding.key()).isEqualTo(key);
    assertThat(binding.destination()).isEqualTo(spec.name());
    assertThat(client.consumer().queue().name()).isEqualTo(spec.name());
  }

  @Test
  void anExchangeThatIsMissingIsAnErrorAndLeavesNoQueue() {
    client.answering(request ->
        request instanceof Request.Bind
            ? Result.refused(Refusal.NOT_FOUND, "no exchange 'none' in vhost '/'")
            : null);
    subscribe("id:1\ndestination:/exchange/none/k\non-error:keep");
    assertThat(client.sent()).contains("NOT_FOUND - no exchange 'none'");
    assertThat(client.session.recorded(Recorded.Told.class))
        .singleElement()
        .satisfies(it -> assertThat(it.request()).isInstanceOf(Request.DeleteQueue.class));
    subscribe("id:1\ndestination:/queue/a\nreceipt:r");
    assertThat(client.sent()).as("the id is free").contains("RECEIPT");
  }

  // ---- durable subscriptions

  @ParameterizedTest
  @ValueSource(strings = {"durable:true", "persistent:true"})
  void aDurableSubscriptionFindsItsQueueAgain(String header) {
    subscribe("id:1\ndestination:/topic/a\n" + header);
    QueueSpec spec = declared();
    assertThat(spec.lifetime()).isEqualTo(Lifetime.DURABLE);
    assertThat(spec.autoDelete()).isFalse();

    TestClient later = TestClient.connected("1.1");
    later.says("SUBSCRIBE\nid:1\ndestination:/topic/a\ndurable:true\n\n^@");
    assertThat(later.asked(Request.DeclareQueue.class).getFirst().spec().name())
        .isEqualTo(spec.name());
    later.says("SUBSCRIBE\nid:2\ndestination:/topic/a\ndurable:true\n\n^@");
    assertThat(later.asked(Request.DeclareQueue.class).getFirst().spec().name())
        .isNotEqualTo(spec.name());
  }

  @Test
  void aDurableSubscriptionIsDeletedOnRequestOnly() {
    subscribe("id:1\ndestination:/topic/a\ndurable:true");
    String queue = declared().name();
    client.says("UNSUBSCRIBE\nid:1\nreceipt:u\n\n^@");
    assertThat(client.asked(Request.DeleteQueue.class)).isEmpty();
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:u\n\n^@");

    subscribe("id:1\ndestination:/topic/a\ndurable:true");
    client.says("UNSUBSCRIBE\nid:1\ndurable:true\n\n^@");
    assertThat(client.asked(Request.DeleteQueue.class))
        .extracting(Request.DeleteQueue::name)
        .containsExactly(queue);
    // Also without subscribing to it first.
    client.says("UNSUBSCRIBE\nid:1\ndestination:/topic/a\ndurable:true\nreceipt:u2\n\n^@");
    assertThat(client.asked(Request.DeleteQueue.class))
        .extracting(Request.DeleteQueue::name)
        .containsExactly(queue);
    assertThat(client.sent()).contains("receipt-id:u2");
  }

  @Test
  void aDurableSubscriptionNeedsAnId() {
    TestClient old = TestClient.connected("1.0");
    old.says("SUBSCRIBE\ndestination:/topic/a\ndurable:true\n\n^@");
    assertThat(old.sent()).contains("a durable subscription needs an 'id' header");
  }

  @Test
  void theQueueOfASubscriptionMayBeNamed() {
    subscribe("id:1\ndestination:/topic/a\nx-queue-name:mine");
    QueueSpec spec = declared();
    assertThat(spec.name()).isEqualTo("mine");
    assertThat(spec.lifetime()).isEqualTo(Lifetime.TRANSIENT);
  }

  // ---- streams

  @Test
  void aStreamIsReadFromWhereTheHeaderSays() {
    client.queues.add("s");
    subscribe(
        "id:1\ndestination:/stream/s\nack:client-individual\nprefetch-count:5"
            + "\nx-stream-offset:offset=12\nx-stream-filter:a,b\nx-stream-match-unfiltered:true"
            + "\nx-stream-consumer-name:billing\nx-single-active-consumer:true");
    assertThat(client.asked(Request.DeclareQueue.class)).isEmpty();
    assertThat(client.consumer().options().stream())
        .isEqualTo(
            new StreamRead(new StreamOffset.At(12), Set.of("a", "b"), true, 5, "billing", true));
  }

  @ParameterizedTest
  @CsvSource({"first", "last", "next", "offset:7", "timestamp=1700000000", "12h", "41"})
  void everySpellingOfAnOffsetIsTaken(String offset) {
    client.queues.add("s");
    subscribe("id:1\ndestination:/queue/s\nx-stream-offset:" + offset.replace(":", "\\c"));
    assertThat(client.consumer().options().stream())
        .isEqualTo(StreamRead.from(StreamOffset.parse(offset)));
  }

  @Test
  void aStreamThatIsMissingIsDeclared() {
    subscribe("id:1\ndestination:/stream/new\nx-max-age:7D\nselector:size > 3");
    QueueSpec spec = declared();
    assertThat(spec.name()).isEqualTo("new");
    assertThat(spec.lifetime()).isEqualTo(Lifetime.DURABLE);
    assertThat(spec.arguments())
        .isEqualTo(
            new Value.MapOf(
                List.of(
                    new Value.Entry(Value.of("x-queue-type"), Value.of("stream")),
                    new Value.Entry(Value.of("x-max-age"), Value.of("7D")))));
    assertThat(client.consumer().options().view().selector()).isEqualTo("size > 3");
  }

  // ---- what is refused

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id:1                                          | Missing destination
          destination:/queue/a                          | Missing id
          id:1;destination:nowhere                      | Unknown destination
          id:1;destination:/temp-queue/a                | Invalid destination
          id:1;destination:/stream/                     | Unknown destination
          id:1;destination:/stream/s;x-stream-offset:no | Invalid x-stream-offset
          id:1;destination:/queue/a;ack:sometimes       | Invalid ack
          id:1;destination:/queue/a;prefetch-count:few  | Invalid prefetch-count
          id:1;destination:/queue/a;x-priority:high     | Invalid x-priority
          id:1;destination:/queue/a;durable:perhaps     | Invalid durable
          id:1;destination:/exchange/e;browser:true     | not_implemented
          id:1;destination:/queue/a;browser:maybe       | Invalid browser
          """)
  void aBadSubscribeIsRefused(String headers, String message) {
    client.queues.add("a");
    subscribe(headers.replace(';', '\n') + "\nreceipt:r");
    assertThat(client.sent()).startsWith("ERROR\nmessage:" + message + "\nreceipt-id:r\n");
    assertThat(client.session.closeReason()).isEqualTo("error");
    assertThat(client.asked(Request.Consume.class)).isEmpty();
  }

  @Test
  void anIdIsGivenOnce() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a");
    subscribe("id:1\ndestination:/queue/b");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Duplicated subscription identifier\n");
  }

  @Test
  void subscriptionsAreLimited() {
    TestClient limited = TestClient.limited("max-subscriptions", 2);
    for (int i = 1; i <= 3; i++) {
      limited.says("SUBSCRIBE\nid:" + i + "\ndestination:/queue/a\n\n^@");
    }
    assertThat(limited.sent()).contains("Limit exceeded").contains("max-subscriptions");
  }

  @Test
  void oneDotZeroNeedsNoId() {
    TestClient old = TestClient.connected("1.0");
    old.queues.add("a");
    old.says("SUBSCRIBE\ndestination:/queue/a\n\n^@");
    old.deliver(old.consumer(), "x");
    assertThat(old.sent())
        .isEqualTo(
            "MESSAGE\ndestination:/queue/a\nredelivered:false\ncontent-length:1\n"
                + "message-id:name1-1-1\n\nx^@");
    old.says("UNSUBSCRIBE\ndestination:/queue/a\nreceipt:u\n\n^@");
    assertThat(old.sent()).isEqualTo("RECEIPT\nreceipt-id:u\n\n^@");
  }

  @Test
  void whatIsNotSubscribedToCannotBeUnsubscribed() {
    client.says("UNSUBSCRIBE\nid:7\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Subscription not found\n");
  }

  // ---- credit

  @ParameterizedTest
  @ValueSource(strings = {"prefetch-count:5", "activemq.prefetchSize:5"})
  void prefetchLimitsWhatIsUnacknowledged(String header) {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a\nack:client\nx-priority:-3\n" + header);
    ConsumerOptions options = client.consumer().options();
    assertThat(options.creditMode()).isEqualTo(CreditMode.PER_SETTLE);
    assertThat(options.initialCredit()).isEqualTo(5);
    assertThat(options.priority()).isEqualTo(-3);
  }

  @Test
  void withoutPrefetchCreditIsRenewedWhileThePeerKeepsUp() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a");
    ConsumerRef consumer = client.consumer();
    String[] half = new String[CreditWindow.FIRST / 2];
    java.util.Arrays.fill(half, "x");
    client.session.writable(false);
    client.deliver(consumer, half);
    assertThat(client.session.recorded(Recorded.Granted.class)).isEmpty();
    client.session.writable(true);
    assertThat(client.session.recorded(Recorded.Granted.class))
        .singleElement()
        .satisfies(it -> assertThat(it.consumer()).isEqualTo(consumer));
  }

  // ---- the end of a queue

  @Test
  void aDeletedQueueIsToldAndClosesUnlessAsked() {
    client.queues.add("a");
    subscribe("id:s:1\ndestination:/queue/a");
    client.session.cancelConsumer(client.consumer());
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Server cancelled subscription\nsubscription:s\\c1\n");
    assertThat(client.session.closeReason()).isEqualTo("subscription_cancelled");

    TestClient keeping = new TestClient().connect("1.2", "on-error:keep\n");
    keeping.queues.add("a");
    keeping.says("SUBSCRIBE\nid:1\ndestination:/queue/a\n\n^@");
    keeping.session.cancelConsumer(keeping.consumer());
    assertThat(keeping.sent()).contains("Server cancelled subscription");
    assertThat(keeping.session.closeReason()).isNull();
    keeping.says("SUBSCRIBE\nid:1\ndestination:/queue/a\nreceipt:r\n\n^@");
    assertThat(keeping.sent()).contains("RECEIPT");
  }

  @Test
  void deliveriesThatComeTooLateGoBack() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a\nack:client");
    ConsumerRef consumer = client.consumer();
    client.says("UNSUBSCRIBE\nid:1\n\n^@");
    client.sent();
    client.deliver(consumer, "late");
    assertThat(client.sent()).isEmpty();
    assertThat(client.settled()).containsExactly("RETURNED late");
    assertThat(List.of(client.asked(Request.CancelConsumer.class))).hasSize(1);
  }

  // ---- selectors and browsers

  @Test
  void aSelectorIsHandedToTheQueue() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a\nack:client\nselector:color = 'red'");
    assertThat(client.consumer().options().view())
        .isEqualTo(
            new ConsumerView("color = 'red'", ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE));
    assertThat(client.consumer().options().noAck()).isFalse();
  }

  @Test
  void aSelectorOfATopicIsThatOfTheSubscriptionsQueue() {
    subscribe("id:1\ndestination:/topic/a\nselector:color = 'red'\nx-message-ttl:60");
    subscribe("id:2\ndestination:/exchange/e/k\nselector: \ndurable:true");
    assertThat(client.asked(Request.DeclareQueue.class))
        .extracting(it -> it.spec().arguments())
        .containsExactly(
            new Value.MapOf(
                List.of(
                    new Value.Entry(Value.of("x-message-ttl"), new Value.Long(60)),
                    new Value.Entry(Value.of("x-message-selector"), Value.of("color = 'red'")))),
            Request.noArguments());
    assertThat(client.consumer().options().view()).isEqualTo(ConsumerView.ALL);
  }

  @Test
  void aSelectorThatIsNoneIsRefusedAsTheQueueSays() {
    client.answering(request ->
        request instanceof Request.Consume
            ? Result.refused(Refusal.PRECONDITION_FAILED, "invalid selector")
            : null);
    subscribe("id:1\ndestination:/queue/a\nselector:color =");
    assertThat(client.sent()).contains("PRECONDITION_FAILED - invalid selector");
  }

  @Test
  void aBrowserTakesNothingAndIsToldTheEnd() {
    client.queues.add("a");
    subscribe("id:1\ndestination:/queue/a\nack:client\nbrowser:true");
    ConsumerRef browser = client.consumer();
    assertThat(browser.options().view().mode()).isEqualTo(ConsumerView.Mode.BROWSE);
    assertThat(browser.options().noAck()).isTrue();
    client.deliver(browser, "x");
    client.sent();
    client.session.endBrowse(browser);
    assertThat(client.sent())
        .isEqualTo(
            "MESSAGE\nsubscription:1\ndestination:/queue/a\nbrowser:end\ncontent-length:0\n"
                + "message-id:name1-1-2\n\n^@");
    client.says("UNSUBSCRIBE\nid:1\nreceipt:u\n\n^@");
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:u\n\n^@");
    assertThat(client.asked(Request.CancelConsumer.class)).isEmpty();
  }
}
