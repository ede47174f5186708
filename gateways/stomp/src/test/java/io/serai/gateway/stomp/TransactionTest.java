package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.gateway.HeldBytes;
import io.serai.gateway.harness.Recorded;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTest {
  private final TestClient client = TestClient.connected("1.2");

  private void subscribed(String mode, String... bodies) {
    client.queues.add("q");
    client.says("SUBSCRIBE\nid:1\ndestination:/queue/q\nack:" + mode + "\n\n^@");
    client.deliver(client.consumer(), bodies);
    client.sent();
  }

  @Test
  void nothingHappensBeforeCommit() {
    subscribed("client-individual", "in1", "in2");
    client.says(
        "BEGIN\ntransaction:t\nreceipt:b\n\n^@"
            + "SEND\ndestination:/queue/q\ntransaction:t\nreceipt:s\n\none^@"
            + "SEND\ndestination:/topic/a\ntransaction:t\n\ntwo^@"
            + "ACK\nid:name1-1-1\ntransaction:t\n\n^@"
            + "NACK\nid:name1-1-2\ntransaction:t\nrequeue:false\n\n^@");
    assertThat(client.sent())
        .as("taken into the transaction")
        .isEqualTo("RECEIPT\nreceipt-id:b\n\n^@RECEIPT\nreceipt-id:s\n\n^@");
    assertThat(client.published()).isEmpty();
    assertThat(client.settled()).isEmpty();

    client.says("COMMIT\ntransaction:t\nreceipt:c\n\n^@");
    List<Recorded.Published> all =
        client.session.recorded(Recorded.Published.class).stream()
            .filter(it -> it.flags() != Publisher.CHECK)
            .toList();
    assertThat(all).extracting(it -> it.message().body().toUtf8()).containsExactly("one", "two");
    assertThat(client.settled()).containsExactly("ACCEPTED in1", "REJECTED in2");
    assertThat(client.sent()).isEmpty();
    client.session.commit(true);
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:c\n\n^@");
  }

  @Test
  void whatAnAbortGivesBackCanBeAcknowledgedAlsoAfterTheSubscription() {
    subscribed("client", "in1", "in2");
    client.says(
        "BEGIN\ntransaction:t\n\n^@ACK\nid:name1-1-2\ntransaction:t\n\n^@"
            + "UNSUBSCRIBE\nid:1\n\n^@ABORT\ntransaction:t\n\n^@");
    assertThat(client.settled()).isEmpty();
    client.says("NACK\nid:name1-1-2\nreceipt:n\n\n^@");
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:n\n\n^@");
    assertThat(client.settled()).containsExactly("RETURNED in1", "RETURNED in2");
    client.says("ACK\nid:name1-1-2\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Message not found");
  }

  @Test
  void abortForgetsMessagesAndGivesAcknowledgementsBack() {
    subscribed("client", "in1", "in2");
    client.says(
        "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/queue/q\ntransaction:t\n\none^@"
            + "ACK\nid:name1-1-2\ntransaction:t\n\n^@ABORT\ntransaction:t\nreceipt:a\n\n^@");
    assertThat(client.sent()).isEqualTo("RECEIPT\nreceipt-id:a\n\n^@");
    assertThat(client.published()).isEmpty();
    assertThat(client.settled()).isEmpty();
    client.says("ACK\nid:name1-1-1\n\n^@");
    assertThat(client.settled()).as("outstanding again").containsExactly("ACCEPTED in1");
  }

  @Test
  void transactionsGoOnSideBySide() {
    client.queues.add("q");
    client.says(
        "BEGIN\ntransaction:a\n\n^@BEGIN\ntransaction:b\n\n^@"
            + "SEND\ndestination:/queue/q\ntransaction:a\n\nA^@"
            + "SEND\ndestination:/queue/q\ntransaction:b\n\nB^@"
            + "SEND\ndestination:/queue/q\n\nnone^@COMMIT\ntransaction:b\n\n^@");
    assertThat(client.published()).containsExactly("/q none", "/q B");
    client.says("COMMIT\ntransaction:a\n\n^@");
    assertThat(client.published()).containsExactly("/q A");
  }

  @Test
  void aQueueIsDeclaredWhenItIsFirstNamed() {
    client.says(
        "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/queue/new\ntransaction:t\n\nx^@"
            + "COMMIT\ntransaction:t\n\n^@");
    assertThat(client.asked(Request.DeclareQueue.class)).hasSize(1);
    assertThat(client.published()).containsExactly("/new x");
  }

  @Test
  void aCommitThatMayNotPublishEverythingPublishesNothing() {
    subscribed("client", "in");
    client.says(
        "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/queue/q\ntransaction:t\n\none^@"
            + "SEND\ndestination:/exchange/e/k\ntransaction:t\n\ntwo^@"
            + "ACK\nid:name1-1-1\ntransaction:t\n\n^@");
    client.session.routeWith(message ->
        message.address().exchange().equals("e")
            ? PublishResult.NO_EXCHANGE
            : PublishResult.ROUTED);
    client.says("COMMIT\ntransaction:t\nreceipt:c\non-error:keep\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:not_found\nreceipt-id:c\n");
    assertThat(client.published()).isEmpty();
    assertThat(client.settled()).isEmpty();
    client.says("ACK\nid:name1-1-1\n\n^@");
    assertThat(client.settled()).as("outstanding again").containsExactly("ACCEPTED in");
  }

  @Test
  void aCommitThatAQueueRefusesIsAnError() {
    client.queues.add("q");
    client.says(
        "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/queue/q\ntransaction:t\n\none^@"
            + "COMMIT\ntransaction:t\nreceipt:c\n\n^@");
    client.session.commit(false);
    assertThat(client.sent()).startsWith("ERROR\nmessage:Message refused\nreceipt-id:c\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT\ntransaction:x\n",
        "ABORT\ntransaction:x\n",
        "SEND\ndestination:/queue/q\ntransaction:x\n",
        "ACK\nid:name1-1-1\ntransaction:x\n"
      })
  void aTransactionThatIsNotOpenIsRefused(String head) {
    subscribed("client", "in");
    client.says(head + "receipt:r\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Bad transaction\nreceipt-id:r\n");
    assertThat(client.session.closeReason()).isEqualTo("error");
    assertThat(client.settled()).isEmpty();
  }

  @Test
  void aTransactionIsBegunOnceAndNamed() {
    client.says("BEGIN\n\n^@");
    assertThat(client.sent()).startsWith("ERROR\nmessage:Missing transaction\n");
    TestClient twice = TestClient.connected("1.2");
    twice.says("BEGIN\ntransaction:t\n\n^@BEGIN\ntransaction:t\n\n^@");
    assertThat(twice.sent()).startsWith("ERROR\nmessage:Duplicate transaction\n");
  }

  @Test
  void transactionsAndTheirFramesAreLimited() {
    TestClient few = TestClient.limited("max-transactions", 1);
    few.says("BEGIN\ntransaction:a\n\n^@BEGIN\ntransaction:b\n\n^@");
    assertThat(few.sent()).contains("Limit exceeded").contains("max-transactions");

    TestClient small = TestClient.limited("max-transaction-frames", 2);
    small.queues.add("q");
    small.says("BEGIN\ntransaction:a\n\n^@");
    for (int i = 0; i < 3; i++) {
      small.says("SEND\ndestination:/queue/q\ntransaction:a\n\nx^@");
    }
    assertThat(small.sent()).contains("Limit exceeded").contains("max-transaction-frames");
  }

  @Test
  void whatAllTransactionsOfAConnectionHoldIsBounded() {
    TestClient keeping = new TestClient().connect("1.2", "on-error:keep\n");
    keeping.queues.add("q");
    keeping.says("BEGIN\ntransaction:a\n\n^@BEGIN\ntransaction:b\n\n^@");
    saysSixteenths(keeping, "a", 8);
    saysSixteenths(keeping, "b", 7);
    assertThat(keeping.sent()).isEmpty();
    saysSixteenths(keeping, "b", 1);
    assertThat(keeping.sent()).contains("Limit exceeded").contains("the connection's transactions");
    keeping.says("ABORT\ntransaction:a\n\n^@");
    saysSixteenths(keeping, "b", 1);
    assertThat(keeping.sent()).as("room again").isEmpty();
  }

  /** Sends messages of a sixteenth of what a connection may hold. */
  private static void saysSixteenths(TestClient client, String transaction, int count) {
    for (int i = 0; i < count; i++) {
      client.says(
          "SEND\ndestination:/queue/q\ntransaction:"
              + transaction
              + "\n\n"
              + "x".repeat((int) (HeldBytes.MAX / 16))
              + "^@");
    }
  }
}
