package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.gateway.coap.CoapType;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a peer asks for is answered, now or when its time is over, and nothing is thrown. */
class ResourcesFuzzTest {
  private static final List<String> SEGMENTS =
      List.of(
          "ps",
          "q",
          "x",
          "rpc",
          "topics",
          "mqtt",
          "connection",
          ".well-known",
          "core",
          "",
          "+",
          "#",
          "a",
          "a.b",
          "a/b",
          "jobs",
          "amq.topic",
          "name0001",
          "$SYS",
          "\0",
          "käse");
  private static final List<String> ROOTS = List.of("ps", "ps", "ps", "q", "x", "rpc", "topics");
  private static final List<String> NAMES = List.of("a", "jobs");
  private static final List<String> QUERIES =
      List.of(
          "qos=1",
          "qos=9",
          "retain=1",
          "retain=x",
          "expiry=60",
          "expiry=-1",
          "split=1",
          "all=1",
          "wait=5",
          "wait=999",
          "hold=1",
          "hold",
          "timeout=1",
          "key=a.b",
          "mandatory",
          "requeue=1",
          "rt=core.ps.data",
          "href=/ps*",
          "clientid=c",
          "token=t",
          "username=:u",
          "password=p",
          "u=u",
          "=",
          "",
          "nothing");
  private static final List<String> BODIES =
      List.of(
          "",
          "x",
          "[]",
          "[{\"n\":\"a\",\"v\":1}]",
          "[{\"n\":\"a\",\"v\":1e999999}]",
          "[{\"bn\":1,\"v\":true}]",
          "{",
          "\u00a2\0aa",
          "[[[[[[");
  private static final int[] OPTIONS = {
    CoapOption.IF_MATCH, CoapOption.IF_NONE_MATCH, CoapOption.ETAG, CoapOption.CONTENT_FORMAT,
    CoapOption.ACCEPT, CoapOption.OBSERVE, CoapOption.MAX_AGE, CoapOption.PROPERTY,
    CoapOption.TOPIC, CoapOption.URI_HOST
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRequestIsAnsweredInTheEnd(long seed) {
    Random random = new Random(seed);
    TestPeer peer = new TestPeer();
    peer.queues.add("jobs");
    peer.queues.add("rpc.a");
    List<FakeReply> replies = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      FakeReply reply = says(random, peer);
      replies.add(reply);
      if (!reply.isOpen() && reply.isActive()) {
        peer.arrives(Messages.topic(any(random, List.of("a", "a.b", "käse/a")), "x"));
        peer.confirmsNotification(reply);
      }
    }
    peer.elapse(3_600_000);
    assertThat(replies).as("seed %d", seed).noneMatch(FakeReply::isOpen);
    assertThat(replies.stream().map(FakeReply::code).distinct())
        .contains("2.01", "2.02", "2.04", "2.05", "4.00", "4.04", "4.05", "4.12", "4.15");
    assertThat(peer.isHolding()).isFalse();
    assertThat(peer.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  private static FakeReply says(Random random, TestPeer peer) {
    StringBuilder uri = new StringBuilder();
    int segments = 1 + random.nextInt(3);
    for (int i = 0; i < segments; i++) {
      uri.append(
          CoapPath.written(
              List.of(
                  any(
                      random,
                      i == 0 && random.nextInt(4) > 0
                          ? ROOTS
                          : random.nextInt(3) > 0 ? NAMES : SEGMENTS))));
    }
    int queries = random.nextInt(3);
    for (int i = 0; i < queries; i++) {
      uri.append(i == 0 ? '?' : '&').append(any(random, QUERIES));
    }
    List<CoapOption> options = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      byte[] value = new byte[random.nextInt(9)];
      random.nextBytes(value);
      int number = OPTIONS[random.nextInt(OPTIONS.length)];
      options.add(
          random.nextBoolean()
              ? CoapOption.of(number, value)
              : CoapOption.of(number, any(random, List.of("110", "h:a=b", "reply-to=", "="))));
    }
    if (random.nextInt(4) == 0) {
      options.add(CoapOption.of(CoapOption.OBSERVE, 0));
    }
    if (random.nextInt(4) == 0) {
      options.add(
          CoapOption.of(
              CoapOption.CONTENT_FORMAT, List.of(0, 50, 110, 112, 606).get(random.nextInt(5))));
    }
    byte[] noise = new byte[random.nextInt(20)];
    random.nextBytes(noise);
    if (random.nextInt(20) == 0) {
      options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, 110));
      return peer.says(
          CoapType.CON,
          CoapCode.POST,
          "/ps/a?split=1",
          Body.ofUtf8(any(random, BODIES)),
          options.toArray(CoapOption[]::new));
    }
    Body body = random.nextInt(3) == 0 ? Body.of(noise) : Body.ofUtf8(any(random, BODIES));
    return peer.says(
        random.nextBoolean() ? CoapType.CON : CoapType.NON,
        CoapCode.of(0, 1 + random.nextInt(7)),
        uri.toString(),
        body,
        options.toArray(CoapOption[]::new));
  }

  private static <T> T any(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
