/* A mosquitto plugin with one authentication method, COUNT, for make.sh.
 *
 *   client                          server
 *   CONNECT or AUTH 0x19, one   ->
 *                               <-  AUTH 0x18, two
 *   AUTH 0x18, two and a half   ->
 *                               <-  AUTH 0x18, nearly
 *   AUTH 0x18, three            ->
 *                               <-  CONNACK or AUTH 0x00, welcome
 */
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

static mosquitto_plugin_id_t *plugin;

static int authenticate(int event, void *data, void *userdata)
{
	static const struct {
		const char *question, *answer;
		int result;
	} steps[] = {
		{"one", "two", MOSQ_ERR_AUTH_CONTINUE},
		{"two and a half", "nearly", MOSQ_ERR_AUTH_CONTINUE},
		{"three", "welcome", MOSQ_ERR_SUCCESS},
	};
	struct mosquitto_evt_extended_auth *auth = data;

	(void)userdata;
	if (event == MOSQ_EVT_EXT_AUTH_START && strcmp(auth->auth_method, "COUNT") != 0) {
		return MOSQ_ERR_NOT_SUPPORTED;
	}
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		size_t length = strlen(steps[i].question);

		if (auth->data_in_len == length && memcmp(auth->data_in, steps[i].question, length) == 0) {
			auth->data_out = strdup(steps[i].answer);
			auth->data_out_len = (uint16_t)strlen(steps[i].answer);
			return steps[i].result;
		}
	}
	return MOSQ_ERR_AUTH;
}

int mosquitto_plugin_version(int count, const int *versions)
{
	for (int i = 0; i < count; i++) {
		if (versions[i] == 5) {
			return 5;
		}
	}
	return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *id, void **userdata, struct mosquitto_opt *options, int count)
{
	(void)userdata;
	(void)options;
	(void)count;
	plugin = id;
	int rc = mosquitto_callback_register(plugin, MOSQ_EVT_EXT_AUTH_START, authenticate, NULL, NULL);
	return rc ? rc : mosquitto_callback_register(plugin, MOSQ_EVT_EXT_AUTH_CONTINUE, authenticate, NULL, NULL);
}

int mosquitto_plugin_cleanup(void *userdata, struct mosquitto_opt *options, int count)
{
	(void)userdata;
	(void)options;
	(void)count;
	mosquitto_callback_unregister(plugin, MOSQ_EVT_EXT_AUTH_START, authenticate, NULL);
	return mosquitto_callback_unregister(plugin, MOSQ_EVT_EXT_AUTH_CONTINUE, authenticate, NULL);
}
