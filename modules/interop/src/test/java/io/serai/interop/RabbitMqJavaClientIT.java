package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.StringRpcServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** AMQP 0-9-1 with the RabbitMQ Java client and its default settings. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class RabbitMqJavaClientIT {
  private Connection connection;

  @BeforeEach
  void connect() throws Exception {
    connection = factory().newConnection("interop");
  }

  @AfterEach
  void disconnect() throws Exception {
    if (connection.isOpen()) {
      connection.close();
    }
  }

  private static ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(SharedNode.get().port("amqp"));
    return factory;
  }

  @Test
  void serverPropertiesNameTheProductAndItsCapabilities() {
    Map<String, Object> properties = connection.getServerProperties();
    assertThat(properties).containsKeys("product", "version", "platform", "capabilities");
    @SuppressWarnings("unchecked") // the specification's table
    Map<String, Object> capabilities = (Map<String, Object>) properties.get("capabilities");
    assertThat(capabilities)
        .containsEntry("publisher_confirms", true)
        .containsEntry("basic.nack", true)
        .containsEntry("consumer_cancel_notify", true)
        .containsEntry("exchange_exchange_bindings", true);
  }

  @Test
  void tenThousandConfirmedMessagesArriveInOrder() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    channel.confirmSelect();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Channel consuming = connection.createChannel();
    consuming.basicQos(250);
    consuming.basicConsume(
        queue,
        false,
        (_, delivery) -> {
          received.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
          consuming.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        _ -> {});
    for (int i = 0; i < 10_000; i++) {
      channel.basicPublish(
          "", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, Integer.toString(i).getBytes(UTF_8));
      if (i % 500 == 499) {
        channel.waitForConfirmsOrDie(60_000);
      }
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void aMandatoryMessageComesBackBeforeItsConfirm() throws Exception {
    Channel channel = connection.createChannel();
    channel.confirmSelect();
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch confirmed = new CountDownLatch(1);
    channel.addReturnListener(
        returned -> order.add("return " + returned.getReplyCode() + " " + returned.getReplyText()));
    channel.addConfirmListener(
        (tag, _) -> {
          order.add("ack " + tag);
          confirmed.countDown();
        },
        (tag, _) -> order.add("nack " + tag));
    channel.basicPublish("amq.direct", "nobody", true, MessageProperties.BASIC, new byte[0]);
    assertThat(confirmed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(order).containsExactly("return 312 NO_ROUTE", "ack 1");
  }

  @Test
  void aThousandChannelsWorkOnOneConnection() throws Exception {
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      channels.add(connection.createChannel());
    }
    for (int i = 0; i < 1_000; i += 100) {
      Channel channel = channels.get(i);
      String queue = channel.queueDeclare().getQueue();
      channel.basicPublish("", queue, null, new byte[] {(byte) i});
      assertThat(get(channel, queue).getBody()).containsExactly((byte) i);
    }
  }

  @Test
  void aConnectionThatIsClosedHasLeftNothingBehind() throws Exception {
    Channel watching = connection.createChannel();
    watching.queueDeclare("java.back", false, false, false, Map.of());
    for (int i = 0; i < 10; i++) {
      watching.basicPublish("", "java.back", null, new byte[] {(byte) i});
    }
    for (int round = 0; round < 30; round++) {
      Connection leaving = JavaClient.connect(SharedNode.get().port("amqp"));
      Channel channel = leaving.createChannel();
      channel.queueDeclare("java.mine", false, true, false, Map.of());
      CountDownLatch delivered = new CountDownLatch(10);
      channel.basicConsume("java.back", false, (_, _) -> delivered.countDown(), _ -> {});
      assertThat(delivered.await(60, TimeUnit.SECONDS)).isTrue();
      leaving.close(); // without closing the channel first
      assertThat(watching.queueDeclarePassive("java.back").getMessageCount()).isEqualTo(10);
      watching.queueDeclare("java.mine", false, true, false, Map.of());
      watching.queueDelete("java.mine");
    }
    watching.queueDelete("java.back");
  }

  @Test
  void aSoftErrorClosesTheChannelOnlyAndItsNumberIsUsable() throws Exception {
    Channel bad = connection.createChannel(7);
    assertThatThrownBy(() -> bad.queueDeclarePassive("java.none"))
        .isInstanceOf(IOException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            ShutdownSignalException.class,
            signal -> {
              AMQP.Channel.Close close = (AMQP.Channel.Close) signal.getReason();
              assertThat(close.getReplyCode()).isEqualTo(404);
              assertThat(close.getReplyText())
                  .isEqualTo("NOT_FOUND - no queue 'java.none' in vhost '/'");
              assertThat(close.getClassId()).isEqualTo(50);
              assertThat(close.getMethodId()).isEqualTo(10);
            });
    Channel again = connection.createChannel(7);
    assertThat(again.queueDeclare().getQueue()).startsWith("amq.gen-");
  }

  @Test
  void aHardErrorClosesTheConnection() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    channel.basicConsume(queue, true, "twice", (_, _) -> {}, _ -> {});
    CountDownLatch closed = new CountDownLatch(1);
    connection.addShutdownListener(_ -> closed.countDown());
    assertThatThrownBy(() -> channel.basicConsume(queue, true, "twice", (_, _) -> {}, _ -> {}))
        .isInstanceOfAny(IOException.class, AlreadyClosedException.class);
    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(((AMQP.Connection.Close) connection.getCloseReason().getReason()).getReplyCode())
        .isEqualTo(530);
  }

  @Test
  void aConsumerIsToldWhenItsQueueGoes() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("java.cancel", false, false, false, null);
    CountDownLatch cancelled = new CountDownLatch(1);
    channel.basicConsume("java.cancel", true, (_, _) -> {}, _ -> cancelled.countDown());
    connection.createChannel().queueDelete("java.cancel");
    assertThat(cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void rejectedMessagesReturnToTheirOldPlace() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    for (int i = 0; i < 4; i++) {
      channel.basicPublish("", queue, null, new byte[] {(byte) i});
    }
    GetResponse zero = get(channel, queue);
    GetResponse one = get(channel, queue);
    channel.basicNack(one.getEnvelope().getDeliveryTag(), false, true);
    channel.basicReject(zero.getEnvelope().getDeliveryTag(), true);
    for (int i = 0; i < 4; i++) {
      GetResponse again = get(channel, queue);
      assertThat(again.getBody()).containsExactly((byte) i);
      assertThat(again.getEnvelope().isRedeliver()).isEqualTo(i < 2);
      channel.basicAck(again.getEnvelope().getDeliveryTag(), false);
    }
  }

  @Test
  void recoverReturnsWhatIsUnacknowledged() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    channel.basicPublish("", queue, null, new byte[] {1});
    assertThat(get(channel, queue).getEnvelope().isRedeliver()).isFalse();
    channel.basicRecover(true);
    assertThat(get(channel, queue).getEnvelope().isRedeliver()).isTrue();
  }

  @Test
  void bodiesOverFrameMaxAreWhole() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    byte[] body = new byte[5_000_000];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31);
    }
    channel.basicPublish("", queue, null, body);
    assertThat(get(channel, queue).getBody()).isEqualTo(body);
  }

  @Test
  void rpcClientAndServerTalkByDirectReplyTo() throws Exception {
    Channel serving = connection.createChannel();
    String queue = serving.queueDeclare().getQueue();
    StringRpcServer server =
        new StringRpcServer(serving, queue) {
          @Override
          public String handleStringCall(String request, AMQP.BasicProperties replyProperties) {
            return "re: " + request;
          }
        };
    Thread loop =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.mainloop();
              } catch (IOException | ShutdownSignalException e) {
                throw new AssertionError(e);
              }
            });
    try (Connection other = factory().newConnection()) {
      RpcClient client =
          new RpcClient(
              new RpcClientParams()
                  .channel(other.createChannel())
                  .exchange("")
                  .routingKey(queue)
                  .timeout(60_000));
      for (int i = 0; i < 100; i++) {
        assertThat(client.stringCall("question " + i)).isEqualTo("re: question " + i);
      }
      client.close();
    }
    loop.interrupt(); // what ends its main loop while it waits for a request
    loop.join(60_000);
    assertThat(loop.isAlive()).isFalse();
  }

  @Test
  void aTransactionIsAppliedWholeOrNotAtAll() throws Exception {
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    Channel looking = connection.createChannel();
    channel.txSelect();
    for (int i = 0; i < 100; i++) {
      channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[] {(byte) i});
    }
    assertThat(looking.messageCount(queue)).isZero();
    channel.txCommit();
    assertThat(looking.messageCount(queue)).isEqualTo(100);
    GetResponse last = null;
    for (int i = 0; i < 100; i++) {
      last = get(channel, queue);
    }
    channel.basicAck(last.getEnvelope().getDeliveryTag(), true);
    channel.txRollback();
    channel.close(); // what was not committed returns
    Channel again = connection.createChannel();
    for (int i = 0; i < 100; i++) {
      GetResponse message = get(again, queue);
      assertThat(message.getBody()).containsExactly((byte) i);
      assertThat(message.getEnvelope().isRedeliver()).isTrue();
    }
  }

  @Test
  void copiesAreRoutedAndBlindOnesAreNotShown() throws Exception {
    Channel channel = connection.createChannel();
    String main = channel.queueDeclare().getQueue();
    String copy = channel.queueDeclare().getQueue();
    String blind = channel.queueDeclare().getQueue();
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder()
            .headers(Map.of("CC", List.of(copy), "BCC", List.of(blind)))
            .build();
    channel.basicPublish("", main, properties, new byte[] {1});
    for (String queue : List.of(main, copy, blind)) {
      GetResponse message = get(channel, queue);
      assertThat(message.getProps().getHeaders()).containsOnlyKeys("CC");
      assertThat(message.getEnvelope().getRoutingKey()).isEqualTo(main);
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithTheReason() {
    ConnectionFactory factory = factory();
    factory.setPassword("wrong");
    assertThatThrownBy(factory::newConnection)
        .isInstanceOf(AuthenticationFailureException.class)
        .hasMessageContaining("ACCESS_REFUSED");
  }

  @Test
  void aRestartedNodeIsRecoveredFromAutomatically() throws Exception {
    int port = OwnPort.pick();
    SeraiProcess first = SeraiProcess.start("--set", "listeners.amqp.port=" + port);
    ConnectionFactory factory = factory();
    factory.setPort(port);
    factory.setNetworkRecoveryInterval(100);
    Connection recovering = factory.newConnection();
    try {
      Channel channel = recovering.createChannel();
      String queue = channel.queueDeclare().getQueue();
      channel.queueBind(queue, "amq.topic", "java.recover");
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      channel.basicConsume(
          queue, true, (_, d) -> received.add(new String(d.getBody(), UTF_8)), _ -> {});
      assertThat(first.terminate()).isZero();
      CountDownLatch recovered = new CountDownLatch(1);
      ((com.rabbitmq.client.Recoverable) recovering)
          .addRecoveryListener(
              new com.rabbitmq.client.RecoveryListener() {
                @Override
                public void handleRecovery(com.rabbitmq.client.Recoverable recoverable) {
                  recovered.countDown();
                }

                @Override
                public void handleRecoveryStarted(com.rabbitmq.client.Recoverable recoverable) {}
              });
      try (SeraiProcess second = SeraiProcess.start("--set", "listeners.amqp.port=" + port)) {
        assertThat(second.port("amqp")).isEqualTo(port);
        assertThat(recovered.await(60, TimeUnit.SECONDS)).isTrue();
        try (Connection other = factory.newConnection()) {
          other
              .createChannel()
              .basicPublish("amq.topic", "java.recover", null, "back".getBytes(UTF_8));
          assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo("back");
        }
      }
    } finally {
      first.close();
      recovering.abort(); // its node is gone by now
    }
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  private static GetResponse get(Channel channel, String queue) throws Exception {
    for (int attempt = 0; attempt < 12_000; attempt++) {
      GetResponse response = channel.basicGet(queue, false);
      if (response != null) {
        return response;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new AssertionError("nothing in " + queue);
  }
}
