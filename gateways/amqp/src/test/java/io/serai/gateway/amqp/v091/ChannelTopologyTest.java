package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.model.Spelling;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelTopologyTest {
  private static final Value.MapOf NONE = Request.noArguments();

  private final TestClient client = TestClient.withChannel();

  private static BindingSpec binding(
      String source, String destination, boolean toExchange, String key, Value.MapOf arguments) {
    return new BindingSpec(
        source, destination, toExchange, key, Spelling.DOT, arguments, null, Source.CLIENT);
  }

  private void declared(String name) {
    client.session.receives(
        new QueueMethod.Declare(1, name, false, false, false, false, false, NONE));
    client.session.answerOk(new Request.QueueInfo(TestClient.queue(name), 0, 0));
    client.session.sent();
  }

  // ---- exchanges

  @Test
  void exchangeDeclareCarriesTypeLifetimeAndArguments() {
    var arguments = table("alternate-exchange", Value.of("rest"));
    client.session.receives(
        new ExchangeMethod.Declare(1, "logs", "topic", false, true, true, false, false, arguments));
    assertThat(client.session.asked(Request.DeclareExchange.class).spec())
        .isEqualTo(
            new ExchangeSpec(
                "logs", "topic", Lifetime.DURABLE, true, false, arguments, Source.CLIENT));
    assertThat(client.session.sent()).isEmpty();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sent()).containsExactly(new ExchangeMethod.DeclareOk(1));
  }

  @Test
  void exchangesAreTransientUnlessDeclaredDurable() {
    client.session.receives(
        new ExchangeMethod.Declare(1, "e", "fanout", false, false, false, true, false, NONE));
    assertThat(client.session.asked(Request.DeclareExchange.class).spec())
        .isEqualTo(
            new ExchangeSpec("e", "fanout", Lifetime.TRANSIENT, false, true, NONE, Source.CLIENT));
  }

  @Test
  void passiveExchangeDeclareOnlyLooks() {
    client.session.receives(
        new ExchangeMethod.Declare(1, "logs", "topic", true, true, false, false, false, NONE));
    assertThat(client.session.asked(Request.CheckExchange.class).name()).isEqualTo("logs");
    client.session.refuse(Refusal.NOT_FOUND, "no exchange 'logs' in vhost '/'");
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no exchange 'logs' in vhost '/'", ExchangeMethod.Declare.ID);
  }

  @Test
  void exchangeDeleteAnswersWhenItIsGone() {
    client.session.receives(new ExchangeMethod.Delete(1, "logs", true, false));
    var asked = client.session.asked(Request.DeleteExchange.class);
    assertThat(asked.name()).isEqualTo("logs");
    assertThat(asked.ifUnused()).isTrue();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sent()).containsExactly(new ExchangeMethod.DeleteOk(1));
  }

  @Test
  void exchangesBindToExchanges() {
    client.session.receives(
        new ExchangeMethod.Bind(1, "to", "from", "a.#", false, NONE),
        new ExchangeMethod.Unbind(1, "to", "from", "a.#", false, NONE));
    assertThat(client.session.asked(Request.Bind.class).bindings())
        .containsExactly(binding("from", "to", true, "a.#", NONE));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.asked(Request.Unbind.class).bindings())
        .containsExactly(binding("from", "to", true, "a.#", NONE));
    client.session.answerOk(List.of(true));
    assertThat(client.session.sent())
        .containsExactly(new ExchangeMethod.BindOk(1), new ExchangeMethod.UnbindOk(1));
  }

  // ---- queues

  @Test
  void queueDeclareAnswersNameAndCounts() {
    var arguments = table("x-max-length", new Value.Int(10));
    client.session.receives(
        new QueueMethod.Declare(1, "q", false, true, false, true, false, arguments));
    assertThat(client.session.asked(Request.DeclareQueue.class).spec())
        .isEqualTo(
            new QueueSpec(
                "q", QueueKind.CLASSIC, Lifetime.DURABLE, true, arguments, Source.CLIENT));
    client.session.answerOk(new Request.QueueInfo(TestClient.queue("q"), 12, 3));
    assertThat(client.session.sent()).containsExactly(new QueueMethod.DeclareOk(1, "q", 12, 3));
  }

  @Test
  void anExclusiveQueueIsNeverDurable() {
    client.session.receives(new QueueMethod.Declare(1, "q", false, true, true, false, false, NONE));
    assertThat(client.session.asked(Request.DeclareQueue.class).spec().lifetime())
        .isEqualTo(Lifetime.EXCLUSIVE);
  }

  @Test
  void aQueueWithoutANameGetsOneFromTheBroker() {
    client.session.receives(new QueueMethod.Declare(1, "", false, false, true, false, false, NONE));
    assertThat(client.session.asked(Request.DeclareQueue.class).spec().name()).isEmpty();
    client.session.answerOk(new Request.QueueInfo(TestClient.queue("amq.gen-1"), 0, 0));
    assertThat(client.session.sent())
        .containsExactly(new QueueMethod.DeclareOk(1, "amq.gen-1", 0, 0));
  }

  @Test
  void lineBreaksAreTakenOutOfNames() {
    client.session.receives(
        new QueueMethod.Declare(1, "a\r\nb", false, false, false, false, false, NONE));
    assertThat(client.session.asked(Request.DeclareQueue.class).spec().name()).isEqualTo("ab");
  }

  @Test
  void anEmptyNameMeansTheQueueDeclaredLast() {
    declared("mine");
    client.session.answerWith(request ->
        switch (request) {
          case Request.PurgeQueue purge -> {
            assertThat(purge.name()).isEqualTo("mine");
            yield Result.ok(4);
          }
          case Request.Get get -> {
            assertThat(get.queue()).isEqualTo("mine");
            yield Result.ok(new Request.Got(null, 0));
          }
          case Request.CheckQueue check -> {
            assertThat(check.name()).as("RabbitMQ looks for a queue without a name").isEmpty();
            yield Result.refused(Refusal.NOT_FOUND, "no queue '' in vhost '/'");
          }
          case Request.DeleteQueue delete -> {
            assertThat(delete.name()).isEqualTo("mine");
            yield Result.ok(2);
          }
          default -> throw new AssertionError("unexpected " + request);
        });
    client.session.receives(
        new QueueMethod.Purge(1, "", false),
        new BasicMethod.Get(1, "", true),
        new QueueMethod.Delete(1, "", false, false, false));
    assertThat(client.session.sent())
        .containsExactly(
            new QueueMethod.PurgeOk(1, 4),
            new BasicMethod.GetEmpty(1),
            new QueueMethod.DeleteOk(1, 2));
    client.session.receives(new QueueMethod.Declare(1, "", true, false, false, false, false, NONE));
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no queue '' in vhost '/'", QueueMethod.Declare.ID);
  }

  @Test
  void anEmptyNameWithoutADeclaredQueueIsNotFound() {
    client.session.receives(new QueueMethod.Purge(1, "", false));
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no previously declared queue", QueueMethod.Purge.ID);
  }

  @Test
  void bindWithNeitherQueueNorKeyUsesTheQueuesNameForBoth() {
    declared("mine");
    client.session.receives(new QueueMethod.Bind(1, "", "logs", "", false, NONE));
    assertThat(client.session.asked(Request.Bind.class).bindings())
        .containsExactly(binding("logs", "mine", false, "mine", NONE));
  }

  @Test
  void queuesBindAndUnbindWithArguments() {
    var arguments = table("x-match", Value.of("any"), "format", Value.of("pdf"));
    client.session.receives(
        new QueueMethod.Bind(1, "q", "amq.headers", "", false, arguments),
        new QueueMethod.Unbind(1, "q", "amq.headers", "", arguments));
    assertThat(client.session.asked(Request.Bind.class).bindings())
        .containsExactly(binding("amq.headers", "q", false, "", arguments));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.asked(Request.Unbind.class).bindings())
        .containsExactly(binding("amq.headers", "q", false, "", arguments));
    client.session.answerOk(List.of(false));
    assertThat(client.session.sent())
        .as("unbinding what is not bound is no error")
        .containsExactly(new QueueMethod.BindOk(1), new QueueMethod.UnbindOk(1));
  }

  @Test
  void aBindingOfTheTopicExchangeMayAskForRetainedValues() {
    var arguments = table("x-retained", new Value.Bool(true));
    QueueRef queue = new QueueRef("/", "q", 0, 1, 1);
    client.session.receives(new QueueMethod.Bind(1, "q", "amq.topic", "plant.*", false, arguments));
    assertThat(client.session.asked(Request.CheckQueue.class).name()).isEqualTo("q");
    client.session.answerOk(new Request.QueueInfo(queue, 0, 0));
    Request.Subscribe asked = client.session.asked(Request.Subscribe.class);
    assertThat(asked.queue()).isEqualTo(queue);
    assertThat(asked.bindings())
        .containsExactly(binding("amq.topic", "q", false, "plant.*", arguments));
    assertThat(asked.wanted())
        .containsExactly(new Request.WantedRetained(TopicFilter.ofAmqp("plant.*"), null));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sent()).containsExactly(new QueueMethod.BindOk(1));
  }

  @Test
  void whereNothingIsRetainedABindingIsJustMade() {
    var wanted = table("x-retained", new Value.Bool(true));
    client.session.receives(new QueueMethod.Bind(1, "q", "other", "plant.*", false, wanted));
    assertThat(client.session.asked(Request.Bind.class).bindings())
        .containsExactly(binding("other", "q", false, "plant.*", wanted));
    client.session.answerOk(Request.Done.DONE);
    var unwanted = table("x-retained", new Value.Bool(false));
    client.session.receives(new QueueMethod.Bind(1, "q", "amq.topic", "a", false, unwanted));
    assertThat(client.session.asked(Request.Bind.class).bindings())
        .containsExactly(binding("amq.topic", "q", false, "a", unwanted));
  }

  @Test
  void deleteHandsOnItsConditions() {
    client.session.receives(new QueueMethod.Delete(1, "q", true, true, false));
    var asked = client.session.asked(Request.DeleteQueue.class);
    assertThat(asked.ifUnused()).isTrue();
    assertThat(asked.ifEmpty()).isTrue();
    client.session.refuse(Refusal.PRECONDITION_FAILED, "queue 'q' in vhost '/' not empty");
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "queue 'q' in vhost '/' not empty", QueueMethod.Delete.ID);
  }

  // ---- no-wait

  @Test
  void noWaitMethodsAreNotAnsweredButStillRefused() {
    client.session.answerWith(request ->
        switch (request) {
          case Request.DeclareQueue _ ->
              Result.ok(new Request.QueueInfo(TestClient.queue("q"), 0, 0));
          case Request.PurgeQueue _, Request.DeleteQueue _ -> Result.ok(0);
          case Request.Unbind _ -> Result.ok(List.of(true));
          default -> Result.ok(Request.Done.DONE);
        });
    client.session.receives(
        new ExchangeMethod.Declare(1, "e", "fanout", false, false, false, false, true, NONE),
        new ExchangeMethod.Bind(1, "e", "amq.fanout", "", true, NONE),
        new ExchangeMethod.Unbind(1, "e", "amq.fanout", "", true, NONE),
        new ExchangeMethod.Delete(1, "e", false, true),
        new QueueMethod.Declare(1, "q", false, false, false, false, true, NONE),
        new QueueMethod.Bind(1, "q", "amq.fanout", "", true, NONE),
        new QueueMethod.Purge(1, "q", true),
        new QueueMethod.Delete(1, "q", false, false, true));
    assertThat(client.session.sent()).isEmpty();

    client.session.answerWith(
        _ -> Result.refused(Refusal.NOT_FOUND, "no exchange 'e' in vhost '/'"));
    client.session.receives(new QueueMethod.Bind(1, "q", "e", "", true, NONE));
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no exchange 'e' in vhost '/'", QueueMethod.Bind.ID);
  }

  @Test
  void laterMethodsWaitForTheAnswerToEarlierOnes() {
    client.session.receives(
        new QueueMethod.Declare(1, "q", false, false, false, false, false, NONE),
        TestClient.publish("", "q", "after"));
    assertThat(client.publishedTokens()).isEmpty();
    client.session.answerOk(new Request.QueueInfo(TestClient.queue("q"), 0, 0));
    assertThat(client.publishedTokens()).hasSize(1);
  }
}
