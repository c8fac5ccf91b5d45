#ifndef PURSER_CRABBITMQ_SHIM_H
#define PURSER_CRABBITMQ_SHIM_H

#include <sys/time.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <poll.h>
#include <sys/eventfd.h>

// amqp_login_with_properties is variadic, which Swift cannot call. `password` must end with a zero byte.
static inline amqp_rpc_reply_t purser_login(
    amqp_connection_state_t connection, const char *vhost, int heartbeat_seconds,
    const amqp_table_t *client_properties, const char *user, const char *password) {
  return amqp_login_with_properties(
      connection, vhost, AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE, heartbeat_seconds,
      client_properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

// A non-blocking eventfd, or -1 with errno.
static inline int purser_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

#endif
