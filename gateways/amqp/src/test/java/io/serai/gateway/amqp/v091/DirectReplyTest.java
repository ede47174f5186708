package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.address;
import static io.serai.gateway.amqp.v091.TestClient.consume;
import static io.serai.gateway.amqp.v091.TestClient.consumeNoAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import org.junit.jupiter.api.Test;

/** Direct reply-to: the name amq.rabbitmq.reply-to. */
class DirectReplyTest {
  private static final String NAME = "amq.rabbitmq.reply-to";

  private final TestClient client = TestClient.withChannel();

  private static Publish request(String replyTo) {
    var properties =
        Properties.builder()
            .contentType("text/plain")
            .priority(4)
            .correlationId(Value.of("c-1"))
            .replyTo(new ReplyTo.Queue(replyTo))
            .expiryMillis(5_000)
            .messageId(Value.of("m-1"))
            .durable(true)
            .build();
    return new Publish(
        1,
        address("", "server"),
        false,
        false,
        Amqp091Mapping.encode(properties, Headers.of(new Header("n", new Value.Int(1)))),
        Body.ofUtf8("question"));
  }

  /** Starts the reply consumer and answers its address. */
  private String startReplies(String tag) {
    client.session.receives(consumeNoAck(NAME, tag));
    var declared = client.session.asked(Request.DeclareQueue.class).spec();
    assertThat(declared.name()).matches("amq\\.rabbitmq\\.reply-to\\.[A-Za-z0-9_-]{22}");
    assertThat(declared.kind()).isEqualTo(QueueKind.VOLATILE);
    assertThat(declared.lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
    assertThat(declared.autoDelete()).isTrue();
    client.session.answerOk(new Request.QueueInfo(TestClient.queue(declared.name()), 0, 0));
    var asked = client.session.asked(Request.Consume.class);
    assertThat(asked.queue()).isEqualTo(declared.name());
    assertThat(asked.options().noAck()).isTrue();
    client.attach();
    client.session.sentOne(BasicMethod.ConsumeOk.class);
    return declared.name();
  }

  private ReplyTo publishedReplyTo() {
    return client
        .session
        .recorded(Recorded.Published.class)
        .getLast()
        .message()
        .properties()
        .replyTo();
  }

  @Test
  void aRequestCarriesTheAddressOfItsChannelsReplyConsumer() {
    String address = startReplies("replies");
    var request = request(NAME);
    client.session.receives(request);
    var published = client.session.recorded(Recorded.Published.class).getLast().message();
    assertThat(published.properties())
        .isEqualTo(
            request.encoding().properties().toBuilder()
                .replyTo(new ReplyTo.Queue(address))
                .build());
    assertThat(published.headers()).isEqualTo(request.encoding().headers());
    assertThat(published.encoding().isDurable()).isTrue();
    assertThat(published.encoding().expiryMillis()).isEqualTo(5_000);
    assertThat(published.encoding().priority()).isEqualTo(4);
  }

  @Test
  void everyConsumerHasAnAddressOfItsOwn() {
    String first = startReplies("one");
    client.session.receives(new BasicMethod.Cancel(1, "one", false));
    client.session.answerOk(Request.Done.DONE);
    client.session.sentOne(BasicMethod.CancelOk.class);
    assertThat(startReplies("two")).isNotEqualTo(first);
  }

  @Test
  void otherReplyAddressesAreLeftAlone() {
    client.session.receives(request("amq.rabbitmq.reply-tx"));
    assertThat(publishedReplyTo()).isEqualTo(new ReplyTo.Queue("amq.rabbitmq.reply-tx"));
    client.session.receives(request(NAME + ".abc"));
    assertThat(publishedReplyTo()).isEqualTo(new ReplyTo.Queue(NAME + ".abc"));
  }

  @Test
  void aRequestWithoutAReplyConsumerClosesTheChannel() {
    client.session.receives(request(NAME));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "fast reply consumer does not exist", BasicContent.PUBLISH);
  }

  @Test
  void theConsumerOfAnotherChannelDoesNotCount() {
    startReplies("replies");
    client.openChannel(2);
    var request = request(NAME);
    client.session.receives(
        new Publish(2, request.address(), false, false, request.encoding(), request.body()));
    assertThat(client.session.sentOne(ChannelMethod.Close.class).replyText())
        .isEqualTo("PRECONDITION_FAILED - fast reply consumer does not exist");
  }

  @Test
  void aCancelledReplyConsumerDoesNotCount() {
    startReplies("replies");
    client.session.receives(new BasicMethod.Cancel(1, "replies", false));
    client.session.answerOk(Request.Done.DONE);
    client.session.receives(request(NAME));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "fast reply consumer does not exist", BasicContent.PUBLISH);
  }

  @Test
  void repliesAreNotAcknowledged() {
    client.session.receives(consume(NAME, "replies"));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge", BasicMethod.Consume.ID);
  }

  @Test
  void aChannelHasOneReplyConsumer() {
    startReplies("one");
    client.session.receives(consumeNoAck(NAME, "two"));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "reply consumer already set", BasicMethod.Consume.ID);
  }

  // ---- asking whether an address is still there

  private void declare(String queue, boolean passive) {
    client.session.receives(
        new QueueMethod.Declare(
            1, queue, passive, false, false, false, false, Request.noArguments()));
  }

  @Test
  void theNameItselfCanAlwaysBeDeclared() {
    declare(NAME, true);
    declare(NAME, false);
    assertThat(client.session.sent())
        .containsExactly(
            new QueueMethod.DeclareOk(1, NAME, 0, 1), new QueueMethod.DeclareOk(1, NAME, 0, 1));
  }

  @Test
  void anAddressIsThereAsLongAsItsConsumer() {
    String address = NAME + ".abc";
    declare(address, false);
    assertThat(client.session.asked(Request.CheckQueue.class).name()).isEqualTo(address);
    client.session.refuse(Refusal.RESOURCE_LOCKED, "cannot obtain exclusive access");
    assertThat(client.session.sent()).containsExactly(new QueueMethod.DeclareOk(1, address, 0, 1));

    declare(address, true);
    client.session.refuse(Refusal.NOT_FOUND, "no queue '" + address + "' in vhost '/'");
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no queue '" + address + "' in vhost '/'", QueueMethod.Declare.ID);
  }
}
