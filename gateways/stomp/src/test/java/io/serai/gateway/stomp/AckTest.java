package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AckTest {
  private final TestClient client = TestClient.connected("1.2");

  private ConsumerRef subscribe(TestClient to, String id, String mode) {
    to.queues.add("q" + id);
    to.says("SUBSCRIBE\nid:%s\ndestination:/queue/q%s\nack:%s\n\n^@".formatted(id, id, mode));
    return to.consumer();
  }

  @Test
  void clientModeAcknowledgesEverythingUpToTheMessage() {
    client.deliver(subscribe(client, "1", "client"), "one", "two", "three");
    client.says("ACK\nid:name1-1-2\nreceipt:r\n\n^@");
    assertThat(client.settled()).containsExactly("ACCEPTED one", "ACCEPTED two");
    assertThat(client.sent()).endsWith("RECEIPT\nreceipt-id:r\n\n^@");
    client.says("NACK\nid:name1-1-3\n\n^@");
    assertThat(client.settled()).containsExactly("RETURNED three");
  }

  @Test
  void cumulativeMeansWithinTheSubscription() {
    ConsumerRef first = subscribe(client, "1", "client");
    ConsumerRef second = subscribe(client, "2", "client");
    client.deliver(first, "a1");
    client.deliver(second, "b1");
    client.deliver(first, "a2");
    client.says("ACK\nid:name1-1-2\n\n^@");
    assertThat(client.settled()).containsExactly("ACCEPTED a1", "ACCEPTED a2");
  }

  @Test
  void individualModeAcknowledgesOneMessage() {
    client.deliver(subscribe(client, "1", "client-individual"), "one", "two", "three");
    client.says("ACK\nid:name1-1-2\n\n^@NACK\nid:name1-1-3\nrequeue:false\n\n^@");
    assertThat(client.settled()).containsExactly("ACCEPTED two", "REJECTED three");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                        | RETURNED
          requeue:true  | RETURNED
          requeue:false | REJECTED
          """)
  void nackRequeuesUnlessToldNotTo(String header, String outcome) {
    client.deliver(subscribe(client, "1", "client-individual"), "one");
    client.says("NACK\nid:name1-1-1\n%s\n^@".formatted(header == null ? "" : header + "\n"));
    assertThat(client.settled()).containsExactly(outcome + " one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.1"})
  void earlierVersionsNameTheMessageId(String version) {
    TestClient old = TestClient.connected(version);
    old.deliver(subscribe(old, "1", "client"), "one");
    assertThat(old.sent()).contains("\nmessage-id:name1-1-1\n").doesNotContain("\nack:");
    old.says("ACK\nsubscription:1\nmessage-id:name1-1-1\n\n^@");
    assertThat(old.settled()).containsExactly("ACCEPTED one");
  }

  @Test
  void theAckHeaderIsThereWhenThereIsSomethingToAcknowledge() {
    client.deliver(subscribe(client, "1", "client"), "x");
    assertThat(client.sent()).contains("\nmessage-id:name1-1-1\nack:name1-1-1\n");
    client.deliver(subscribe(client, "2", "auto"), "x");
    assertThat(client.sent()).contains("\nmessage-id:name1-2-1\n\n").doesNotContain("\nack:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name1-1-2",
        "name1-1-0",
        "name1-1-",
        "name1-1",
        "name1-2-1",
        "name2-1-1",
        "name1",
        "-",
        "name1--1",
        "name1-1-99999999999999999999",
        "name1-x-1"
      })
  void whatIsNotOutstandingCannotBeAcknowledged(String id) {
    client.deliver(subscribe(client, "1", "client"), "one");
    client.sent();
    client.says("ACK\nid:" + id + "\nreceipt:r\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Message not found\nreceipt-id:r\n");
    assertThat(client.settled()).isEmpty();
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void autoModeHasNothingToAcknowledge() {
    client.deliver(subscribe(client, "1", "auto"), "one");
    client.sent();
    client.says("ACK\nid:name1-1-1\n\n^@");
    assertThat(client.sent()).contains("Message not found");
  }

  @Test
  void anAckWithoutIdIsRefused() {
    client.says("ACK\nmessage-id:name1-1-1\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Missing id\n");
    TestClient old = TestClient.connected("1.1");
    old.says("NACK\nid:name1-1-1\n\n^@");
    assertThat(old.sent()).startsWith("ERROR\nmessage:Missing message-id\n");
  }

  @Test
  void whatWasDeliveredBeforeUnsubscribingMayStillBeAcknowledged() {
    client.deliver(subscribe(client, "1", "client"), "one", "two");
    client.says("UNSUBSCRIBE\nid:1\n\n^@ACK\nid:name1-1-2\n\n^@");
    assertThat(client.settled()).containsExactly("ACCEPTED one", "ACCEPTED two");
    client.deliver(subscribe(client, "1", "client"), "three");
    client.says("ACK\nid:name1-2-1\n\n^@");
    assertThat(client.settled()).containsExactly("ACCEPTED three");
  }
}
