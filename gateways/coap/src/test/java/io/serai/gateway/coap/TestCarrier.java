package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.model.Body;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends nothing. */
final class TestCarrier implements Carrier {
  @Override
  public void answer(
      Exchange to, CoapCode code, List<CoapOption> options, Body payload, Effects<CoapFrame> out) {}

  @Override
  public void acknowledge(Exchange to, Effects<CoapFrame> out) {}

  @Override
  public void offer(Relation relation, Effects<CoapFrame> out) {}

  @Override
  public void drop(Relation relation) {}

  @Override
  public void sendLast(
      CoapToken token,
      CoapCode code,
      List<CoapOption> options,
      Body payload,
      Effects<CoapFrame> out) {}

  @Override
  public int roomForWhole(List<CoapOption> options) {
    return 1024;
  }

  @Override
  public int roomForBlock(@Nullable Exchange to, List<CoapOption> options) {
    return 1024;
  }

  @Override
  public boolean takesBert() {
    return false;
  }

  @Override
  public boolean admits(Exchange to, List<CoapOption> options, Body payload) {
    return true;
  }

  @Override
  public int unsent() {
    return 0;
  }

  @Override
  public CoapOption challenge(Effects<CoapFrame> out) {
    return CoapOption.of(CoapOption.ECHO, "x");
  }
}
