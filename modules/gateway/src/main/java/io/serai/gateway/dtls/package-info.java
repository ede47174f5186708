/**
 * DTLS 1.2 for datagram listeners, behind {@link io.serai.gateway.dtls.DtlsServer}: only {@link
 * io.serai.gateway.dtls.ScandiumServer} knows which library does it.
 */
@NullMarked
package io.serai.gateway.dtls;

import org.jspecify.annotations.NullMarked;
